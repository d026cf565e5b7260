#!/bin/bash
# Docker runs this in a container with the control port of a part: prints what the part says of its health, and succeeds when that is good.
# The part answers as soon as its state is another than it told last, or after 12 s: so Docker hears of a change at once, and yet seldom
# starts a process. A part that starts has 60 s until it listens; one that listens and does not answer has failed.
# Swarm replaces a container that is not healthy, so there it asks only whether the part lives: a node that drains is not to be replaced.
path=/health/next
case "$STARLANE_SWARM_TASK" in
  '' | *'{{'*) ;;
  *) path=/live/next ;;
esac
SECONDS=0
until { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; do
  ((SECONDS < 60)) || exit 1
  sleep 0.3
done
printf 'GET %s HTTP/1.0\r\n\r\n' "$path" >&3
IFS= read -r -d '' -t 20 -u 3 answer # until the connection is closed; it then fails, with the answer
printf '%s' "${answer##*$'\r\n\r\n'}"
[[ ${answer%%$'\r'*} == *' 200 '* ]]
