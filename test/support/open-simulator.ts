import { createSimulator, type Simulator, type SimulatorOptions } from '@gradewire/platform-simulator';

/** A simulated platform in this process, closed at the end of its block. */
export async function openSimulator(options: SimulatorOptions): Promise<Simulator & AsyncDisposable> {
  const simulator = await createSimulator(options);
  return Object.assign(simulator, { [Symbol.asyncDispose]: () => simulator.close() });
}
