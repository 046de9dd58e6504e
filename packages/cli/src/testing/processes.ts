import { readdir, readFile } from 'node:fs/promises';

export interface ProcessInfo {
  pid: number;
  commandLine: string;
}

/** The running processes that mention `text` in their command line or environment (Linux). */
export async function processesMentioning(text: string): Promise<ProcessInfo[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [commandLine, environment, status] = await Promise.all(
        ['cmdline', 'environ', 'status'].map((file) =>
          readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''),
        ),
      );
      const alive = !/^State:\s+Z/m.test(status ?? '');
      const mentions = `${commandLine}\0${environment}`.includes(text);
      return alive && mentions
        ? [{ pid: Number(pid), commandLine: (commandLine ?? '').replaceAll('\0', ' ') }]
        : [];
    }),
  );
  return found.flat();
}
