FROM node:24-slim AS base
WORKDIR /app
COPY package.json package-lock.json ./

FROM base AS build
RUN npm ci
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/build.mjs
COPY src src
COPY portal portal
RUN node scripts/build.mjs

FROM base AS production
RUN npm ci --omit=dev && npm cache clean --force
COPY schema.graphql ./
COPY --from=build /app/dist dist

FROM node:24-slim
WORKDIR /app
COPY --from=production /app ./
# Reachable from outside the container; the archive inside the gateway stays on 127.0.0.1.
ENV HOST=0.0.0.0 NODE_ENV=production
# By number, so that Kubernetes can tell that it is not root.
USER 1000:1000
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; fetch('http' + (process.env.TLS_CERT_FILE ? 's' : '') + '://127.0.0.1:' + (process.env.PORT || 4000) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without a shell in between: node gets SIGTERM itself.
ENTRYPOINT ["node", "dist/main.js"]
