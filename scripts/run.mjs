/** `node scripts/run.mjs SCRIPT [ARGUMENTS]`: sets up what is missing, then runs SCRIPT under the project's Node. */
import { spawn } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { projectNode, setup } from './setup.mjs'

setup()
const [script, ...rest] = process.argv.slice(2)
const child = spawn(projectNode, [script, ...rest], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(projectNode)}${delimiter}${process.env.PATH ?? ''}` },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1
})
