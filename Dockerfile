# Two images from one tree: `service` (nodes, router, load), and `agent`, which adds the tools that shape a network. Both contain what
# they run and nothing else: a few commands, their libraries, and the code in a few files.
FROM node:26-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The optional dependencies are only the pinned Node, and the image already contains Node. The bundler is for the next stage.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
 && npm install --prefix /bundler --ignore-scripts --no-audit --no-fund \
      "rolldown@$(node -p "require('./package-lock.json').packages['node_modules/rolldown'].version")" \
 && ln -s /bundler/node_modules /node_modules

FROM dependencies AS app
COPY proto proto
COPY core core
COPY netem netem
COPY workload workload
COPY router router
COPY services services
COPY scenario scenario
COPY report report
COPY hosts hosts
COPY parts parts
COPY cli cli
RUN node parts/image/bundle.ts
# Data is found where it was: see parts/image/bundle.ts.
RUN mkdir /kept && cp --parents -t /kept -r bundle package.json core/time/io/metronome-thread.ts \
      node_modules/@grpc/reflection/build/proto node_modules/grpc-health-check/proto \
      $(find core netem workload router services scenario report hosts parts -type f ! -name '*.ts' ! -name '*.md') \
 && mkdir -p /kept/services/client/io /kept/hosts/io \
 && echo "import '../../../bundle/null-server.js';" >/kept/services/client/io/null-server-thread.ts \
 && echo "import '../../bundle/reload-thread.js';" >/kept/hosts/io/reload-thread.ts

FROM node:26-bookworm-slim AS system
RUN apt-get update -q && apt-get install -qy --no-install-recommends binutils iproute2 iptables libcap2-bin
COPY parts/image/root.sh /
RUN strip --strip-unneeded /usr/local/bin/node \
 && bash /root.sh /service /usr/local/bin/node /bin/bash /bin/sh /bin/cat /bin/grep /bin/ls /bin/sleep /bin/touch /bin/rm \
 && bash /root.sh /agent /sbin/ip /sbin/tc /usr/sbin/iptables-nft /usr/sbin/iptables-nft-restore /usr/lib/*/xtables \
      /usr/bin/setpriv /etc/iproute2 \
 && setcap cap_net_admin+ep /agent/usr/bin/setpriv \
 && mkdir -p /service/etc /service/home/node /service/tmp && chmod 1777 /service/tmp \
 && echo 'hosts: files dns' >/service/etc/nsswitch.conf \
 && grep -E '^(root|node):' /etc/passwd >/service/etc/passwd && grep -E '^(root|node):' /etc/group >/service/etc/group \
 && install -d -o node -g node /service/run/starlane /service/app

FROM scratch AS service
LABEL starlane.image=service
COPY --from=system /service /
COPY --from=app /kept /app
WORKDIR /app
USER node
ENV PATH=/usr/local/bin:/usr/bin:/usr/sbin NODE_COMPILE_CACHE=/app/.cache NODE_COMPILE_CACHE_PORTABLE=1
# Compile once here: each part says that it was told nothing, and ends, without a mark in the run folder. A container reads this cache and starts in a third of the time. Node has a separate cache for each user.
RUN for part in node router agent; do STARLANE_RUN_FOLDER=/nowhere node "bundle/$part.js" || exit 1; done \
 && node bundle/starlane.js load --help >/dev/null
# The last layer, so that another commit of the same files builds nothing else. Results name it.
ARG STARLANE_COMMIT
ENV STARLANE_COMMIT=$STARLANE_COMMIT

FROM service AS agent
LABEL starlane.image=agent
COPY --from=system /agent /
# A user other than root starts without capabilities, even if its container has some. This command passes on NET_ADMIN, which is why
# agents cannot have no-new-privileges: the kernel would then ignore the capability of the command's file.
ENTRYPOINT ["setpriv", "--inh-caps=+net_admin", "--ambient-caps=+net_admin", "--"]
