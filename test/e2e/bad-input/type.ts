/** A person types a command: a process of its own, with a key, and a node that the environment names. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'

export interface Typed {
  readonly code: number
  /** Both streams. */
  readonly text: string
  /** The one JSON value on standard output. */
  readonly document: Record<string, unknown>
}

const HARDHAT = join('node_modules', 'hardhat', 'dist', 'src', 'cli.js')
const CONFIG = join('test', 'e2e', 'bad-input', 'keyed.config.ts')
const PATIENCE_MS = 120_000

export function type(words: readonly string[], env: NodeJS.ProcessEnv): Promise<Typed> {
  return new Promise((resolve, reject) => {
    const args = [HARDHAT, '--config', CONFIG, ...words, '--json']
    const options = { env: { ...process.env, ...env }, timeout: PATIENCE_MS }
    const child = execFile(process.execPath, args, options, (_error, stdout, stderr) => {
      const code = child.exitCode ?? -1
      const text = stdout + stderr
      try {
        resolve({ code, text, document: JSON.parse(stdout) as Typed['document'] })
      } catch {
        reject(new Error(`${words.join(' ')} printed no JSON (exit code ${code})\n${text}`))
      }
    })
    // Nobody is there to answer a question.
    child.stdin?.end()
  })
}
