/** Runs a task's function the way Hardhat would, with and without `--json`. */
import { type Outcome, type Run, runTask } from '../../../tasks/run.ts'
import { type FakeIo, fakeIo, type FakeIoOptions } from './fake-io.ts'

interface Acted {
  readonly io: FakeIo
  /** The one JSON value on standard output; fails when there is anything else. */
  readonly document: Record<string, unknown>
}

export async function actJson(
  act: (run: Run, io: FakeIo) => Promise<Outcome>,
  options: FakeIoOptions = {},
): Promise<Acted> {
  const io = fakeIo(options)
  await runTask({ json: true, verbose: false }, (run) => act(run, io), io)
  return { io, document: JSON.parse(io.out()) as Record<string, unknown> }
}

export async function actPlain(
  act: (run: Run, io: FakeIo) => Promise<Outcome>,
  options: FakeIoOptions = {},
): Promise<FakeIo> {
  const io = fakeIo(options)
  await runTask({ json: false, verbose: false }, (run) => act(run, io), io)
  return io
}
