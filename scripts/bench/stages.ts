/**
 * Where the time of a preparation goes: what each byte of a large file has done to it, one after the other on one thread, in
 * chunks that are warm. A machine of N cores cannot prepare faster than N bytes in the time that all of them take for one.
 */
import { hash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { PieceHasher } from '../../src/piece/hasher.ts'
import { madeChunks } from './payload.ts'
import { type Gathered, gather } from './rows.ts'
import type { Session } from './session.ts'

const MIB = 2 ** 20
const SIZE = 256 * MIB

interface Stage {
  readonly id: string
  readonly title: string
  /** `chunk` is one MiB, warm; `at` counts bytes. */
  run(chunk: Uint8Array, at: number): void
  end?(): void
}

/** `folder` is on the disk that is measured. */
export async function measureStages(session: Session, folder: string): Promise<Gathered[]> {
  const stages = stagesIn(folder).filter(({ id }) => session.wants(id))
  const rows = stages.map(({ id, title }) => gather({ id, title, ours: false, bytes: SIZE }))
  if (rows.length === 0) return []
  writeFileSync(inputIn(folder), Buffer.concat([...madeChunks(64 * MIB)]))
  const [chunk = new Uint8Array(0)] = madeChunks(MIB)
  const rounds = session.plan.rounds.memory
  for (let round = 1; round <= rounds; round++)
    for (const [i, stage] of stagesIn(folder)
      .filter(({ id }) => session.wants(id))
      .entries()) {
      await setImmediate()
      session.signal.throwIfAborted()
      const begin = performance.now()
      for (let at = 0; at < SIZE; at += MIB) stage.run(chunk, at)
      stage.end?.()
      const ms = performance.now() - begin
      const row = rows[i]
      row?.samples.push({ ms, peakBytes: null })
      if (row !== undefined) session.tellSample(row.spec, round, rounds, ms)
    }
  rmSync(inputIn(folder))
  rmSync(outputIn(folder), { force: true })
  return rows
}

function stagesIn(folder: string): Stage[] {
  let input: number | undefined
  let output: number | undefined
  const hasher = new PieceHasher()
  return [
    {
      id: 'stage/read',
      title: 'read a warm file, 1 MiB at a time',
      run(chunk, at) {
        input ??= openSync(inputIn(folder), 'r')
        readSync(input, chunk, 0, MIB, at % (64 * MIB))
      },
      end: () => closeSync(input ?? -1),
    },
    {
      id: 'stage/leaf',
      title: 'SHA-256 of each chunk, for its CID',
      run: (chunk) => void hash('sha256', chunk, 'buffer'),
    },
    {
      id: 'stage/commit',
      title: 'the piece commitment',
      run: (chunk) => void hasher.update(chunk),
      end: () => void hasher.digest(),
    },
    {
      id: 'stage/write',
      title: 'write a new file, into the page cache',
      run(chunk, at) {
        output ??= openSync(outputIn(folder), 'w')
        writeSync(output, chunk, 0, MIB, at)
      },
      end: () => closeSync(output ?? -1),
    },
    {
      id: 'stage/fsync',
      title: 'fsync of that file: the disk',
      run() {},
      end() {
        const file = openSync(outputIn(folder), 'r+')
        fsyncSync(file)
        closeSync(file)
        rmSync(outputIn(folder))
      },
    },
  ]
}

function inputIn(folder: string): string {
  return join(folder, 'stage-input')
}

function outputIn(folder: string): string {
  return join(folder, 'stage-output')
}
