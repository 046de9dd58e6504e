import { readYaml } from './repository.ts';

export interface ComposeService {
  image: string;
  user?: string;
  build?: { context: string; dockerfile: string; target: string };
  command?: string | string[];
  environment?: Record<string, string>;
  ports?: string[];
  networks?: string[];
  volumes?: string[];
  profiles?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  stop_grace_period?: string;
  deploy?: { replicas?: number };
  healthcheck?: { test: string[] };
  depends_on?: string[] | Record<string, { condition: string }>;
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, unknown>;
}

export const composePath = 'docker-compose.yml';

export const compose: ComposeFile = readYaml<ComposeFile>(composePath);

/** The services built from this repository; the others are other people's images. */
export const ownServices: [string, ComposeService][] = Object.entries(compose.services).filter(
  ([, service]) => service.build,
);
