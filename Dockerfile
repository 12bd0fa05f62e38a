FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force \
  && mkdir -p /var/lib/consent-hub/spool /var/lib/consent-hub/provision \
  && chown -R node:node /var/lib/consent-hub
COPY --from=build /app/dist dist
COPY scripts scripts
COPY libs/psd2-protocol/src/brands.json libs/psd2-protocol/src/
USER node
CMD ["node", "--max-semi-space-size=64", "dist/apps/consent-hub/src/main.js"]
