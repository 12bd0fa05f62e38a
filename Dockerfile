# Two images: the hub, which is the last stage and what `docker build .` makes, and the sandbox bank with what
# docker-compose.yml prepares a database by (`--target sandbox-bank`). Both run as a user without a name, write to
# /var/lib/consent-hub and /tmp alone, and so take a read-only root file system.
FROM node:24-bookworm AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# pkcs11js alone has a part to be compiled, for VAULT_KEK=pkcs11.
RUN npm ci --omit=dev --ignore-scripts && npm rebuild pkcs11js
# An optional peer, for a plug-in of its compiler that the build does not use; then what no program reads.
RUN rm -rf node_modules/typescript
RUN find node_modules -type f -regex '.*\.\([cm]?tsx?\|map\|md\)' -delete

FROM node:24-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build
RUN find dist -type f -name '*.map' -delete

FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
# What installs packages has nothing to do here.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn*
RUN install -d -o 10001 -g 10001 -m 700 /var/lib/consent-hub/spool /var/lib/consent-hub/provision /var/lib/consent-hub/database
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/dist/libs dist/libs
COPY package.json LICENSE ./
# A number: an orchestrator that demands a user other than root cannot look names up.
USER 10001:10001

FROM runtime AS sandbox-bank
COPY --from=build /app/dist/apps/sandbox-bank dist/apps/sandbox-bank
COPY --from=build /app/dist/migrations/sandbox-bank dist/migrations/sandbox-bank
COPY --from=build /app/dist/ormconfig.sandbox-bank.js dist/
COPY scripts/database-users.mjs scripts/provision.mjs scripts/
COPY scripts/lib scripts/lib
COPY libs/psd2-protocol/src/brands.json libs/psd2-protocol/src/
ENV SANDBOX_HOST=0.0.0.0
EXPOSE 8080 8443 8444
CMD ["node", "dist/apps/sandbox-bank/src/main.js"]

FROM runtime AS consent-hub
COPY --from=build /app/dist/apps/consent-hub dist/apps/consent-hub
COPY --from=build /app/dist/migrations/consent-hub dist/migrations/consent-hub
COPY --from=build /app/dist/ormconfig.js dist/
# What it serves at /docs/guides.
COPY --from=build /app/dist/docs dist/docs
ENV HUB_HOST=0.0.0.0 HUB_SPOOL_DIR=/var/lib/consent-hub/spool
EXPOSE 3000
# Whether it lives, not whether it is ready: some orchestrators replace a container for this, which heals no database.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HUB_PORT || 3000}/health/live`).then((r) => process.exit(+!r.ok), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=64", "dist/apps/consent-hub/src/main.js"]
