/** A process for tasks to run in, that remembers what they print. */
import type { TaskIo } from '../../../tasks/io.ts'

export interface FakeIo extends TaskIo {
  readonly out: () => string
  readonly err: () => string
  readonly exitCode: () => number
  /** What others print on standard output, such as Hardhat's messages. */
  readonly printElsewhere: (text: string) => void
  readonly interrupt: () => void
  /** Whether somebody still listens for interruptions, or holds standard output. */
  readonly leftovers: () => boolean
}

export interface FakeIoOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** What the person answers; undefined: nobody is there. */
  readonly answer?: boolean
}

export function fakeIo(options: FakeIoOptions = {}): FakeIo {
  const out: string[] = []
  const err: string[] = []
  let exitCode = 0
  let claimed = false
  const listeners = new Set<() => void>()
  return {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    env: options.env ?? {},
    cwd: options.cwd ?? '/home/user/project',
    now: () => 0,
    onInterrupt(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    claimStdout() {
      claimed = true
      return {
        stdout: { write: (text) => out.push(text) },
        release: () => {
          claimed = false
        },
      }
    },
    ask: async () => options.answer,
    setExitCode: (code) => {
      exitCode = code
    },
    out: () => out.join(''),
    err: () => err.join(''),
    exitCode: () => exitCode,
    printElsewhere: (text) => {
      ;(claimed ? err : out).push(text)
    },
    interrupt: () => {
      for (const listener of listeners) listener()
    },
    leftovers: () => claimed || listeners.size > 0,
  }
}
