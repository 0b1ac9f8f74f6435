import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { describeVariables, parseConfig } from '../src/config.js';
import { inspectorRegions } from '../src/inspector/inspector-arn.js';
import {
  ARCHIVE_LIMIT_MS,
  BACKLOG_LIMIT_MS,
  DRAIN_LIMIT_MS,
  IDLE_GRACE_MS,
  STOP_LIMIT_MS,
  WORKERS_CLOSING_LIMIT_MS,
} from '../src/process/shutdown-limits.js';
import type { Json } from './helpers/gateway.js';
import {
  findComposeProblems,
  findManifestProblems,
  readCompose,
  readManifests,
  readText,
} from './helpers/manifests.js';

const dockerfile = readText('Dockerfile');
const compose = readCompose();
const manifests = readManifests();
const names = [...describeVariables().matchAll(/^ {2}(\S+)/gm)].map((match) => match[1]);

/** The variables of the image, which those of a deployment override. */
const imageEnvironment = Object.fromEntries(
  [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap((match) =>
    (match[1] as string).split(' ').map((pair) => pair.split('=') as [string, string]),
  ),
);
const parse = (environment: Record<string, string>) =>
  parseConfig({ ...imageEnvironment, ...environment }, inspectorRegions);

const find = (kind: string, name: string): Json =>
  manifests.find((document) => document.kind === kind && document.metadata.name === name);

const httpSources = readdirSync(new URL('../src/http', import.meta.url))
  .map((file) => readText(`src/http/${file}`))
  .join('\n');
const isServed = (path: string) => httpSources.includes(`'${path}'`);

/** ${NAME:?message} as "secret" and ${NAME:-default} as its default, as Compose would. */
const interpolate = (text: string) =>
  text.replace(/\$\{\w+:([?-])([^}]*)\}/g, (_, kind, rest) => (kind === '?' ? 'secret' : rest));

test('The parts of a stop leave time for the end of the process', () => {
  expect(DRAIN_LIMIT_MS + ARCHIVE_LIMIT_MS).toBeLessThan(STOP_LIMIT_MS);
  expect(BACKLOG_LIMIT_MS + IDLE_GRACE_MS).toBeLessThan(DRAIN_LIMIT_MS);
  expect(WORKERS_CLOSING_LIMIT_MS).toBeLessThan(DRAIN_LIMIT_MS);
});

describe('The image', () => {
  test('sets variables that the gateway knows, takes requests from outside and hides the schema', () => {
    expect(names).toEqual(expect.arrayContaining(Object.keys(imageEnvironment)));
    expect(parse({})).toMatchObject({ host: '0.0.0.0', introspection: false, explorer: false });
  });

  test('does not run as root, by a number, and has no shell between node and its signals', () => {
    expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", /m);
  });

  test('holds what is copied from the repository, and .dockerignore lets it through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
      (match[1] as string).split(' '),
    );
    const allowed = readText('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(copied.sort()).toEqual(allowed.sort());
    expect(copied).toEqual(expect.arrayContaining(JSON.parse(readText('package.json')).files.slice(1)));
  });

  test('is asked for its health where and how the gateway answers', () => {
    const [, port, path] = /127\.0\.0\.1:' \+ \(process\.env\.PORT \|\| (\d+)\) \+ '(.+?)'/.exec(dockerfile) ?? [];
    expect(Number(port)).toBe(parse({}).port);
    expect(dockerfile).toContain(`EXPOSE ${port}\n`);
    expect(isServed(path as string)).toBe(true);
  });
});

describe('compose.yaml', () => {
  const { gateway, postgres, valkey, proxy, import: importer } = compose.services;
  const environment = Object.fromEntries(
    Object.entries<string>(gateway.environment).map(([name, value]) => [name, interpolate(value)]),
  );
  const config = parse(environment);

  test('fits the Compose Specification', () => {
    expect(findComposeProblems(compose)).toEqual([]);
    expect(findComposeProblems({ ...compose, servcies: {} })).toHaveLength(1);
  });

  test('sets variables that the gateway knows', () => {
    for (const service of [gateway, importer]) {
      expect(names).toEqual(expect.arrayContaining(Object.keys(service.environment)));
    }
  });

  test('makes the archive at a first start', () => {
    expect(config.mayCreateArchive).toBe(true);
  });

  test('leads replicas to one database and one cache, which are services of it', () => {
    const url = new URL(config.archiveUrl as string);
    expect(Object.keys(compose.services)).toContain(url.hostname);
    expect(compose.services[url.hostname]).toBe(postgres);
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = postgres.environment;
    expect([url.username, url.password, url.pathname]).toEqual([
      POSTGRES_USER,
      interpolate(POSTGRES_PASSWORD),
      `/${POSTGRES_DB}`,
    ]);
    expect(config.redisUrls.map((redis) => compose.services[new URL(redis).hostname])).toEqual([valkey]);
    expect(importer.environment).toEqual({ ARCHIVE_URL: gateway.environment.ARCHIVE_URL });
    expect(Number(interpolate(gateway.deploy.replicas))).toBeGreaterThan(1);
  });

  test('keeps the cache off the disk and within bounds', () => {
    expectCacheOnly(valkey.command);
  });

  test('publishes the proxy alone, whose configuration asks the gateway at its port', () => {
    const published = Object.entries<Json>(compose.services).filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(['proxy']);
    const nginx = readText('deploy/nginx.conf');
    expect(nginx).toContain(`server gateway:${config.port} resolve;`);
    expect(nginx).toContain(`listen ${proxy.ports[0].split(':')[1]} `);
    expect(proxy.volumes).toEqual(['./deploy/nginx.conf:/etc/nginx/nginx.conf:ro']);
  });

  test('imports by a command that is there, from the folder that it mounts', () => {
    const [command, subcommand, path] = importer.command;
    expect([command, subcommand]).toEqual(['archive', 'import']);
    expect(importer.volumes).toEqual([`./exports:${path}:ro`]);
    expect(importer.profiles).toEqual(['import']);
    expect(importer.image).toBe(gateway.image);
  });

  test('leaves the gateway the time to answer what is in flight', () => {
    expect(gateway.stop_grace_period).toMatch(/^\d+s$/);
    expect(Number.parseInt(gateway.stop_grace_period, 10) * 1000).toBeGreaterThan(STOP_LIMIT_MS);
  });

  test('refers to services and volumes that are there', () => {
    for (const service of Object.values<Json>(compose.services)) {
      expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(service.depends_on ?? {})));
      for (const volume of (service.volumes ?? []) as string[]) {
        const source = volume.split(':')[0] as string;
        if (!source.startsWith('.')) expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });
});

describe('The Kubernetes example', () => {
  const deployment = find('Deployment', 'inspector-gateway');
  const pod = deployment.spec.template.spec;
  const [container] = pod.containers;
  const workloads = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');

  /** The environment of a workload's container, from its ConfigMaps and Secrets. */
  const toEnvironment = ({ env = [], envFrom = [] }: Json): Record<string, string> => ({
    ...Object.assign({}, ...envFrom.map((source: Json) => find('ConfigMap', source.configMapRef.name).data)),
    ...Object.fromEntries(
      env.map(({ name, value, valueFrom }: Json) => [
        name,
        value ?? find('Secret', valueFrom.secretKeyRef.name).stringData[valueFrom.secretKeyRef.key],
      ]),
    ),
  });
  const environment = toEnvironment(container);
  const config = parse(environment);

  /** The container and port behind a port of a Service. */
  function follow(host: string, port: number) {
    const service = find('Service', host);
    const { targetPort } = service.spec.ports.find((candidate: Json) => candidate.port === port);
    const [workload, ...others] = workloads.filter(({ spec }) => isSelected(service.spec.selector, spec.template));
    expect(others).toEqual([]);
    const [target] = workload.spec.template.spec.containers;
    const { containerPort } = target.ports.find(({ name }: Json) => name === targetPort);
    return { workload, container: target, containerPort };
  }

  test.each(manifests.map((document) => [document.kind, document.metadata.name, document]))(
    "has a %s %s that fits Kubernetes' schema",
    async (_kind, _name, document) => {
      expect(await findManifestProblems(document)).toEqual([]);
    },
  );

  test('would not pass with unknown, missing or wrong fields', async () => {
    const broken = async (change: (copy: Json) => void) => {
      const copy = structuredClone(deployment);
      change(copy);
      return findManifestProblems(copy);
    };
    expect(await broken((copy) => (copy.spec.template.spec.containers[0].readinesProbe = {}))).toEqual([
      '/spec/template/spec/containers/0/readinesProbe is unknown',
    ]);
    expect(await broken((copy) => delete copy.spec.selector)).toEqual([expect.stringContaining('selector')]);
    expect(await broken((copy) => (copy.spec.replicas = '3'))).toEqual([expect.stringContaining('integer')]);
    expect(await broken((copy) => (copy.kind = 'Deploiment'))).toHaveLength(1);
  });

  test('consists of these, and all of them belong together', () => {
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(
      [
        ...['ConfigMap', 'Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'],
        ...['Deployment', 'Service', 'NetworkPolicy'],
        ...['Secret', 'StatefulSet', 'Service', 'NetworkPolicy'],
      ].sort(),
    );
    for (const { metadata } of manifests) {
      expect(metadata.labels['app.kubernetes.io/part-of']).toBe('inspector-gateway');
    }
  });

  test('sets variables that the gateway knows', () => {
    expect(names).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(config).toMatchObject({ host: '0.0.0.0', introspection: false, explorer: false });
  });

  test('makes the archive at a first start', () => {
    expect(config.mayCreateArchive).toBe(true);
  });

  test('leads every name, port and label to its counterpart', () => {
    for (const { spec } of workloads) expect(isSelected(spec.selector.matchLabels, spec.template)).toBe(true);

    expect(follow('inspector-gateway', 80)).toMatchObject({ workload: deployment, containerPort: config.port });
    const scaler = find('HorizontalPodAutoscaler', 'inspector-gateway');
    const { apiVersion, kind, metadata } = deployment;
    expect(scaler.spec.scaleTargetRef).toEqual({ apiVersion, kind, name: metadata.name });
    expect(deployment.spec.replicas).toBeUndefined();
    const budget = find('PodDisruptionBudget', 'inspector-gateway');
    expect(isSelected(budget.spec.selector.matchLabels, deployment.spec.template)).toBe(true);
    expect(scaler.spec.minReplicas).toBeGreaterThan(budget.spec.maxUnavailable);
    for (const { labelSelector } of pod.topologySpreadConstraints) {
      expect(isSelected(labelSelector.matchLabels, deployment.spec.template)).toBe(true);
    }

    expect(config.redisUrls).toHaveLength(1);
    const redis = new URL(config.redisUrls[0] as string);
    expect(follow(redis.hostname, Number(redis.port)).container.image).toMatch(/^valkey/);

    const archive = new URL(config.archiveUrl as string);
    const database = follow(archive.hostname, Number(archive.port));
    expect(database.workload.spec.serviceName).toBe(archive.hostname);
    expect(toEnvironment(database.container)).toMatchObject({
      POSTGRES_USER: archive.username,
      POSTGRES_PASSWORD: archive.password,
      POSTGRES_DB: archive.pathname.slice(1),
    });
  });

  test('lets the gateway alone ask for what replicas share', () => {
    for (const name of ['inspector-valkey', 'inspector-postgres']) {
      const { podSelector, ingress } = find('NetworkPolicy', name).spec;
      const guarded = workloads.filter(({ spec }) => isSelected(podSelector.matchLabels, spec.template));
      expect(guarded.map(({ metadata }) => metadata.name)).toEqual([name]);
      const [{ from, ports }] = ingress;
      expect(isSelected(from[0].podSelector.matchLabels, deployment.spec.template)).toBe(true);
      const offered = guarded[0].spec.template.spec.containers[0].ports.map((port: Json) => port.name);
      expect(ports.map(({ port }: Json) => port)).toEqual(offered);
    }
  });

  test('asks for health where the gateway answers', () => {
    const { startupProbe, livenessProbe, readinessProbe } = container;
    expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet)).toEqual([
      { path: '/healthz', port: 'http' },
      { path: '/healthz', port: 'http' },
      { path: '/readyz', port: 'http' },
    ]);
    for (const path of ['/healthz', '/readyz']) expect(isServed(path)).toBe(true);
  });

  test('leaves the gateway the time to answer what is in flight', () => {
    const [command, seconds] = container.lifecycle.preStop.exec.command;
    expect(command).toBe('sleep');
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(Number(seconds) * 1000 + STOP_LIMIT_MS);
  });

  test("fits Kubernetes' restricted standard", () => {
    for (const { spec } of workloads) {
      const { securityContext, containers, hostNetwork, automountServiceAccountToken } = spec.template.spec;
      expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(securityContext.runAsUser).toBeGreaterThan(0);
      expect([hostNetwork, automountServiceAccountToken]).toEqual([undefined, false]);
      for (const each of containers) {
        expect(each.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(each.resources).toMatchObject({
          requests: { memory: expect.any(String) },
          limits: { memory: expect.any(String) },
        });
      }
    }
    expect(dockerfile).toContain(`USER ${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}\n`);
  });

  test('keeps the cache off the disk and within bounds', () => {
    expectCacheOnly(find('Deployment', 'inspector-valkey').spec.template.spec.containers[0].args);
  });

  test('has connections to PostgreSQL for all replicas, also while they are replaced', () => {
    const perProcess = Number(/MAX_CONNECTIONS = (\d+)/.exec(readText('src/archive/store/postgres-pool.ts'))?.[1]);
    const { maxReplicas } = find('HorizontalPodAutoscaler', 'inspector-gateway').spec;
    const surge = 1 + Number.parseInt(deployment.spec.strategy.rollingUpdate.maxSurge, 10) / 100;
    const [, , setting] = find('StatefulSet', 'inspector-postgres').spec.template.spec.containers[0].args;
    const [, connections] = /^max_connections=(\d+)$/.exec(setting) ?? [];
    expect(maxReplicas * surge * perProcess * config.workers).toBeLessThan(Number(connections));
  });
});

function isSelected(matchLabels: Record<string, string>, { metadata }: Json): boolean {
  const wanted = Object.entries(matchLabels);
  return wanted.length > 0 && wanted.every(([name, value]) => metadata.labels[name] === value);
}

function expectCacheOnly(command: string[]): void {
  const settingOf = (option: string) => command[command.indexOf(option) + 1];
  expect(command[0]).toBe('valkey-server');
  expect(settingOf('--maxmemory')).toMatch(/^\d+mb$/);
  expect(settingOf('--maxmemory-policy')).toBe('allkeys-lru');
  expect(settingOf('--save')).toBe('');
  expect(settingOf('--appendonly')).toBe('no');
}
