# One image for the API, the worker, the commands, the migrations and the sandbox: the command picks one.

FROM node:24.21.0-bookworm-slim AS source
WORKDIR /app
COPY package.json package-lock.json ./

FROM source AS dependencies
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM source AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
COPY migrations migrations
COPY docs/guides docs/guides
RUN npm run build && rm -rf dist/apps/local

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
RUN install -d -o node -g node /run/sandbox /var/lib/sandbox
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
CMD ["node", "dist/apps/api/src/main.js"]
