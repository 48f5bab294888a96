/**
 * The rows from disk to disk. Each run is a process of its own that writes into a fresh folder. The inputs are warm, in
 * the page cache: they are read once before each run. `sync` comes before each run too, so that none pays for the writes
 * of another, and every other round goes backwards.
 */
import { copyFile, mkdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { openDepot } from '../../src/depot/fs-store.ts'
import { formatBytes } from '../../src/terminal/format.ts'
import { Agreement } from './agreement.ts'
import { run, runNode } from './child.ts'
import { type DiskGroup, diskGroups, type DiskRow } from './disk-rows.ts'
import { warm } from './inputs.ts'
import type { Sample } from './report.ts'
import type { Gathered } from './rows.ts'
import type { Session } from './session.ts'

/** `folder` is empty, and the caller's to remove. */
export async function measureDisk(session: Session, folder: string): Promise<Gathered[]> {
  const gathered: Gathered[] = []
  for (const group of diskGroups(session.plan)) {
    const rows = group.rows.filter(({ id }) => session.wants(id))
    if (rows.length === 0 || !(await hasRoom(group, session, folder))) continue
    session.tell(`making the input of ${rows.map(({ id }) => id).join(', ')}`)
    const input = join(folder, group.inputName)
    await group.makeInput(input, session.signal)
    gathered.push(...(await measureGroup({ ...group, rows }, session, input, folder)))
    await rm(input, { recursive: true })
  }
  return gathered
}

async function measureGroup(
  group: DiskGroup,
  session: Session,
  input: string,
  folder: string,
): Promise<Gathered[]> {
  const { signal } = session
  const { disk: rounds } = session.plan.rounds
  const agreement = new Agreement(session)
  const timed = group.rows.map((row) => ({ row, samples: [] as Sample[] }))
  const output = join(folder, 'output')
  let isVerified = !group.verify
  for (let round = 1; round <= rounds; round++) {
    for (const { row, samples } of round % 2 === 1 ? timed : timed.toReversed()) {
      await mkdir(output)
      await session.attempt(row.id, async () => {
        await warm(input, signal)
        await touchMemory(input, join(folder, 'touched'))
        await settle(signal)
        const sample = await row.run(input, output, signal)
        samples.push(sample)
        session.tellSample(row, round, rounds, sample.ms)
        if (!row.makesPiece) return
        await comparePieces(row, output, agreement)
        if (isVerified) return
        isVerified = true
        session.tell(`the WebAssembly commitment of what ${row.id} made`)
        await verifyPieces(row, output, session)
      })
      await rm(output, { recursive: true })
    }
  }
  return timed.map(({ row: { run: _run, makesPiece: _makesPiece, ...spec }, samples }) => ({
    spec,
    samples,
  }))
}

/** Whatever the threads and the way in, the same input makes the same pieces. */
async function comparePieces(row: DiskRow, depot: string, agreement: Agreement): Promise<void> {
  const pieces = await (await openDepot(depot)).list()
  const cids = pieces.map(({ pieceCidV2 }) => pieceCidV2)
  agreement.check('the same input', row.id, cids.join(' '))
}

async function verifyPieces(row: DiskRow, depot: string, session: Session): Promise<void> {
  for (const { path, pieceCidV2 } of await (await openDepot(depot)).list()) {
    const { stdout } = await runNode(['scripts/bench/wasm-once.ts', path], session.signal)
    if (stdout.trim() !== pieceCidV2)
      session.fail(`${row.id} says ${pieceCidV2}, WebAssembly of the same CAR ${stdout.trim()}`)
  }
}

async function hasRoom(group: DiskGroup, session: Session, folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize >= group.roomBytes) return true
  const left = `${formatBytes(bavail * bsize)} free, ${formatBytes(group.roomBytes)} needed`
  session.note(`left out: ${group.rows.map(({ id }) => id).join(', ')} (${left})`)
  return false
}

/**
 * A virtual machine gives memory that was freed back to its host, and pays for each page when it is used again: up to 6 s for
 * 2 GiB (seen), more than any of these rows. So as much as a run will write has just been in use before each of them.
 */
async function touchMemory(input: string, copy: string): Promise<void> {
  if (!(await stat(input)).isFile()) return
  await copyFile(input, copy)
  await rm(copy)
}

async function settle(signal: AbortSignal): Promise<void> {
  if (process.platform !== 'win32') await run('sync', [], signal)
}
