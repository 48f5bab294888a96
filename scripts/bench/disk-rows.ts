/** What is measured from disk to disk: the inputs, and what is done with each. */
import { spawnSync } from 'node:child_process'
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatBytes, formatCount } from '../../src/terminal/format.ts'
import { run, runNode } from './child.ts'
import { makeFile, makeFolder } from './inputs.ts'
import type { RowSpec, Sample } from './report.ts'
import type { Plan } from './session.ts'

const KIB = 2 ** 10
const MIB = 2 ** 20
const GIB = 2 ** 30

export interface DiskRow extends RowSpec {
  /** Whether `output` is a depot afterwards. */
  readonly makesPiece: boolean
  /** `output` is an empty folder. */
  run(input: string, output: string, signal: AbortSignal): Promise<Sample>
}

/** Rows that read the same input. */
export interface DiskGroup {
  readonly inputName: string
  makeInput(path: string, signal: AbortSignal): Promise<void>
  /** Free bytes that the disk must have. */
  readonly roomBytes: number
  /** Whether the piece that comes out is compared with another implementation, which takes long. */
  readonly verify: boolean
  readonly rows: readonly DiskRow[]
}

export function diskGroups(plan: Plan): DiskGroup[] {
  const groups = [startGroup(), fileGroup(plan.fileSize), smallGroup(plan), tinyGroup(plan)]
  return plan.grow ? [...groups, ...growthGroups(plan)] : groups
}

/** How long it takes until anything happens. */
function startGroup(): DiskGroup {
  const common = { ours: true, bytes: 0, files: 1, makesPiece: true }
  return {
    inputName: 'tiny.txt',
    makeInput: (path) => writeFile(path, 'tiny\n'),
    roomBytes: MIB,
    verify: true,
    rows: [
      {
        ...common,
        id: 'start/library',
        title: 'the library: from the start of Node to the first bytes read',
        async run(input, output, signal) {
          const { stdout, startedAt, peakBytes } = await prepareOnce([input, output], signal)
          const { firstByteAt } = JSON.parse(stdout) as { firstByteAt?: number }
          if (firstByteAt === undefined) throw new Error('the preparation reported no progress')
          return { ms: firstByteAt - startedAt, peakBytes }
        },
      },
      {
        ...common,
        id: 'start/command',
        title: 'the command for a tiny file, from start to end',
        run: (input, output, signal) =>
          runNode([HARDHAT, 'prepare', input, '--depot', output], signal),
      },
    ],
  }
}

function fileGroup(bytes: number): DiskGroup {
  const common = { bytes, files: 1 }
  return {
    inputName: 'file.bin',
    makeInput: (path, signal) => makeFile(path, bytes, signal),
    roomBytes: 3 * bytes,
    verify: true,
    rows: [
      {
        ...common,
        id: 'file/prepare-1-thread',
        title: 'prepare, one thread',
        ours: true,
        makesPiece: true,
        run: (input, output, signal) => prepareOnce([input, output, '1'], signal),
      },
      {
        ...common,
        id: 'file/ipfs-car-wasm',
        title: 'ipfs-car pack, then the WebAssembly commitment of the CAR',
        ours: false,
        makesPiece: false,
        async run(input, output, signal) {
          const car = join(output, 'packed.car')
          const packed = await runNode(packArguments(input, car, '--no-wrap'), signal)
          return joined(packed, await runNode(['scripts/bench/wasm-once.ts', car], signal))
        },
      },
      {
        ...common,
        id: 'file/prepare-2-threads',
        title: 'prepare, two threads',
        ours: true,
        makesPiece: true,
        run: (input, output, signal) => prepareOnce([input, output, '2'], signal),
      },
      {
        ...common,
        id: 'file/cp',
        title: 'cp',
        ours: false,
        makesPiece: false,
        run: (input, output, signal) => copy(input, join(output, 'copy'), signal),
      },
      {
        ...common,
        id: 'file/cp-fsync',
        title: 'cp, then fsync of the copy',
        ours: false,
        makesPiece: false,
        async run(input, output, signal) {
          const target = join(output, 'copy')
          const begin = performance.now()
          const { peakBytes } = await copy(input, target, signal)
          await syncFile(target)
          return { ms: performance.now() - begin, peakBytes }
        },
      },
    ],
  }
}

function smallGroup({ quick }: Plan): DiskGroup {
  const shape = { folders: quick ? 10 : 100, files: 100, size: 10 * KIB }
  const files = shape.folders * shape.files
  const common = { bytes: files * shape.size, files }
  const what = `${formatCount(files)} files of ${formatBytes(shape.size)} in ${shape.folders} folders`
  return {
    inputName: 'small',
    makeInput: (path, signal) => makeFolder(path, shape, signal),
    roomBytes: 4 * common.bytes,
    verify: true,
    rows: [
      {
        ...common,
        id: 'small/prepare',
        title: `prepare of ${what}`,
        ours: true,
        makesPiece: true,
        run: (input, output, signal) => prepareOnce([input, output], signal),
      },
      {
        ...common,
        id: 'small/ipfs-car',
        title: `ipfs-car pack of ${what}, no commitment`,
        ours: false,
        makesPiece: false,
        run: (input, output, signal) =>
          runNode(packArguments(input, join(output, 'packed.car')), signal),
      },
    ],
  }
}

/** For its memory. */
function tinyGroup({ quick }: Plan): DiskGroup {
  const shape = { folders: quick ? 10 : 100, files: quick ? 100 : 1000, size: 100 }
  const files = shape.folders * shape.files
  return {
    inputName: 'tiny',
    makeInput: (path, signal) => makeFolder(path, shape, signal),
    // A block of the file system for each, and the CAR.
    roomBytes: files * 8 * KIB,
    verify: true,
    rows: [
      {
        bytes: files * shape.size,
        files,
        id: 'tiny/prepare',
        title: `prepare of ${formatCount(files)} files of ${shape.size} bytes in ${shape.folders} folders`,
        ours: true,
        makesPiece: true,
        run: (input, output, signal) => prepareOnce([input, output], signal),
      },
    ],
  }
}

function growthGroups({ quick }: Plan): DiskGroup[] {
  const sizes = quick
    ? [MIB, 8 * MIB, 64 * MIB]
    : [MIB, 8 * MIB, 64 * MIB, 512 * MIB, 2 * GIB, 8 * GIB]
  return sizes.map((bytes) => ({
    inputName: 'grow.bin',
    makeInput: (path, signal) => makeFile(path, bytes, signal),
    roomBytes: 2.5 * bytes,
    verify: false,
    rows: [
      {
        id: `grow/${bytes / MIB}-mib`,
        title: `prepare of ${formatBytes(bytes)}`,
        ours: true,
        bytes,
        files: 1,
        makesPiece: true,
        run: (input, output, signal) => prepareOnce([input, output], signal),
      },
    ],
  }))
}

/** Commands, run by path so that this Node runs them. Hardhat exports no path to its own. */
const HARDHAT = join('node_modules', 'hardhat', 'dist', 'src', 'cli.js')
const IPFS_CAR = fileURLToPath(import.meta.resolve('ipfs-car/bin.js'))

function prepareOnce(args: readonly string[], signal: AbortSignal) {
  return runNode(['scripts/bench/prepare-once.ts', ...args], signal)
}

function packArguments(input: string, car: string, ...flags: string[]): string[] {
  return [IPFS_CAR, 'pack', input, '--output', car, ...flags]
}

/** One after the other: the times add up, the memory does not. */
function joined(first: Sample, second: Sample): Sample {
  const peaks = [first.peakBytes ?? 0, second.peakBytes ?? 0]
  return { ms: first.ms + second.ms, peakBytes: Math.max(...peaks) }
}

/** `cp`, told to copy: some file systems would only link to the same blocks. */
function copy(input: string, target: string, signal: AbortSignal): Promise<Sample> {
  return run('cp', [...noClone(), input, target], signal)
}

function noClone(): string[] {
  const { stdout } = spawnSync('cp', ['--help'], { encoding: 'utf8' })
  return stdout?.includes('--reflink') ? ['--reflink=never'] : []
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
