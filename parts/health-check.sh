#!/bin/bash
# Docker runs this in a container with the control port of a part: prints what the part says of its health, and succeeds when that is good.
# Swarm replaces a container that is not healthy, so there it asks only whether the part lives: a node that drains is not to be replaced.
path=/health
case "$STARLANE_SWARM_TASK" in
  '' | *'{{'*) ;;
  *) path=/live ;;
esac
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.0\r\n\r\n' "$path" >&3
answer=$(cat <&3)
printf '%s\n' "${answer##*$'\r\n\r\n'}"
[[ ${answer%%$'\r'*} == *' 200 '* ]]
