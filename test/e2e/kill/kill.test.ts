/**
 * A preparation is killed twenty times, each at a random moment of its work. Whatever the moment: every piece that the depot
 * shows is whole, the next run goes on, and the end is the same as without a kill.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { Scratch } from '../../src/prepare/folder-sink.ts'
import { payload } from '../../support/payload.ts'
import { random } from '../../support/random.ts'

const MIB = 2 ** 20
const CHILD = fileURLToPath(new URL('prepare-child.ts', import.meta.url))
/** Set SEED to repeat a run. */
const seed = process.env['SEED'] ?? randomBytes(8).toString('hex')

interface Outcome {
  /** What it printed; undefined when it was killed. */
  readonly printed: string | undefined
  readonly progress: number
}

describe(`prepare, killed at random points (SEED=${seed})`, function () {
  this.timeout(300_000)
  let scratch: Scratch

  before(() => {
    scratch = new Scratch()
    scratch.file('in/a.bin', random(30 * MIB, 'a'))
    for (let i = 0; i < 400; i++) scratch.file(`in/many/${i}`, random(i * 20, `${i}`))
    scratch.file('in/z.bin', random(20 * MIB + 1, 'z'))
  })
  after(() => scratch.remove())

  for (const [what, pieceSize, most] of [
    ['in several pieces', 8 * MIB, 14],
    ['in one piece', 64 * MIB, 6],
  ] as const)
    it(`is resumed, ${what}`, async () => {
      const expected = await run(scratch.at('in'), scratch.at('whole'), pieceSize, undefined)
      const folder = scratch.at('depot')
      rmSync(folder, { recursive: true, force: true })
      let ends = 0
      for (let kills = 0, turn = 0; kills < most; turn++) {
        const roll = payload({ type: 'sha256-counter', seed: `${seed}/${pieceSize}/${turn}` }, 4)
        const share = new DataView(roll.buffer).getUint32(0) / 2 ** 32
        // From its start on: kill after so many of its progress lines, or (one in four) after so much time.
        const at = turn % 4 === 3 ? { ms: share * 900 } : { bytes: share * 50 * MIB }
        const { printed } = await run(scratch.at('in'), folder, pieceSize, at)
        if (printed === undefined) kills += 1
        else {
          ends += 1
          expect(printed).to.equal(expected.printed)
        }
        await expectSound(folder)
        // What was finished must not make the rest of the test too easy.
        if (printed !== undefined) rmSync(folder, { recursive: true, force: true })
      }
      const { printed } = await run(scratch.at('in'), folder, pieceSize, undefined)
      expect(printed, `after ${ends} ends`).to.equal(expected.printed)
      await expectSound(folder)
      const depot = await openDepot(folder)
      expect(readdirSync(`${folder}/staging`)).to.deep.equal([])
      expect((await depot.list()).length).to.equal(JSON.parse(printed ?? '').pieces.length)
    })
})

/** Runs the child, and kills it when it has done so many bytes or after so much time. */
async function run(
  input: string,
  folder: string,
  pieceSize: number,
  kill: { readonly bytes?: number; readonly ms?: number } | undefined,
): Promise<Outcome> {
  const child: ChildProcess = spawn(process.execPath, [CHILD, input, folder, `${pieceSize}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let progress = 0
  let trouble = ''
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => {
    const lines = chunk.toString().trim().split('\n')
    if (lines.some((line) => !/^\d+$/.test(line))) trouble += chunk.toString()
    progress = Number(lines.at(-1))
    if (kill?.bytes !== undefined && progress >= kill.bytes) child.kill('SIGKILL')
  })
  if (kill?.ms !== undefined) setTimeout(() => child.kill('SIGKILL'), kill.ms)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (signal === 'SIGKILL') return { printed: undefined, progress }
  expect(code, trouble).to.equal(0)
  return { printed, progress }
}

/** Every piece that is shown is whole, and nothing else has the name of one. */
async function expectSound(folder: string): Promise<void> {
  if (!existsSync(`${folder}/pieces`)) return
  const depot = await openDepot(folder)
  for (const { pieceCidV2 } of await depot.list()) await depot.verify(pieceCidV2)
  // The start above removed what the killed process had staged.
  expect(readdirSync(`${folder}/staging`)).to.deep.equal([])
}
