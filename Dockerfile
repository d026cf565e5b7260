# Two images from one tree: `service` (nodes, router, load), and `agent`, which adds the tools that shape a network.
FROM node:26-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The optional dependencies are only the pinned Node, and the image already contains Node.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:26-bookworm-slim AS app
WORKDIR /app
ENV NODE_COMPILE_CACHE=/app/.cache NODE_COMPILE_CACHE_PORTABLE=1
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
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
# Compile once here. A container reads this cache and starts in a third of the time. Node has a separate cache for each user.
RUN install -d -o node -g node .cache
USER node
RUN for part in node router agent; do node "parts/$part.ts" 2>/dev/null || [ $? -eq 2 ]; done \
 && node cli/main.ts load --help >/dev/null
USER root

FROM app AS service
LABEL starlane.image=service
RUN install -d -o node -g node /run/starlane
USER node
# The last layer, so that another commit of the same files builds nothing else. Results name it.
ARG STARLANE_COMMIT
ENV STARLANE_COMMIT=$STARLANE_COMMIT

FROM app AS agent
LABEL starlane.image=agent
RUN apt-get update -q \
 && apt-get install -qy --no-install-recommends iproute2 iptables libcap2-bin \
 && rm -rf /var/lib/apt/lists/* \
 && setcap cap_net_admin+ep /usr/bin/setpriv \
 && install -d -o node -g node /run/starlane
USER node
# A user other than root starts without capabilities, even if its container has some. This command passes on NET_ADMIN.
ENTRYPOINT ["setpriv", "--inh-caps=+net_admin", "--ambient-caps=+net_admin", "--"]
