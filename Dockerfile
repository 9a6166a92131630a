# One image for both processes: `node dist/src/main.js` is the API, `node dist/src/worker.js` the worker.

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY migrations ./migrations
COPY src ./src
RUN npm run build

# Optional packages are the embedded PostgreSQL's programs, which a container with DATABASE_URL never starts, and
# a native decoder that its library does without.
FROM node:22-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

FROM node:22-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
# Owned by root: the service writes nothing here.
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A small young generation, a heap that is collected early, few arenas, and large buffers given back: see
# docs/decisions/ingest.md.
ENV NODE_OPTIONS="--max-semi-space-size=4 --max-old-space-size=1024" MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=65536
USER node
EXPOSE 3000
CMD ["node", "--single-threaded-gc", "dist/src/main.js"]
