/** `piece-cid FILE`: the commitment of a file's bytes as they are. */
import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { type ErrorCode, StorageError } from '../src/errors.ts'
import type { PieceCidDocument } from '../src/flow/documents.ts'
import { commitmentOf } from '../src/piece/commitment.ts'
import { pieceCidV1, pieceCidV2 } from '../src/piece/piece-cid.ts'
import { threadsFor } from '../src/threads/pool.ts'
import { formatBytes, formatCount } from '../src/terminal/format.ts'
import { formatTable } from '../src/terminal/table.ts'
import { mannersOf } from './manners.ts'
import { labels } from './messages.ts'
import { type Outcome, type Run, runTask } from './run.ts'

interface PieceCidArguments {
  readonly file: string
  readonly json: boolean
}

const READ_BYTES = 1 << 20

export async function pieceCidOf(
  args: PieceCidArguments,
  run: Run,
): Promise<Outcome<PieceCidDocument>> {
  const path = resolve(run.cwd, args.file)
  await using file = await openFile(path)
  const { size } = await regularFile(file, path)
  const commitment = await commitmentOf(bytesOf(file, path, size, run), {
    signal: run.signal,
    threads: threadsFor({ bytes: size }),
  })
  const document: PieceCidDocument = {
    version: 1,
    kind: 'piece-cid',
    size: commitment.size,
    pieceSize: commitment.pieceSize,
    pieceCid: pieceCidV1(commitment),
    pieceCidV2: pieceCidV2(commitment),
  }
  return {
    document,
    text: formatTable([
      ['piece', document.pieceCid],
      ['', document.pieceCidV2],
      ['size', `${formatCount(document.size)} bytes (${formatBytes(document.size)})`],
      ['padded', `${formatCount(document.pieceSize)} bytes (${formatBytes(document.pieceSize)})`],
    ]),
  }
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((error: unknown) => {
    throw fileFault(path, error)
  })
}

async function* bytesOf(
  file: FileHandle,
  path: string,
  size: number,
  run: Run,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of file.createReadStream({
    highWaterMark: READ_BYTES,
    autoClose: false,
  })) {
    const part = chunk as Uint8Array
    bytes += part.length
    run.progress.update({ label: labels.hashing, bytes, total: size })
    yield part
  }
  if (bytes !== size) {
    throw new StorageError('INPUT_CHANGED', {
      what: `${path} changed while it was read`,
      expected: `${size} bytes`,
      got: `${bytes} bytes`,
    })
  }
}

async function regularFile(file: FileHandle, path: string): Promise<{ size: number }> {
  const stat = await file.stat()
  if (stat.isFile()) return stat
  throw new StorageError('INPUT_UNSUPPORTED', {
    what: `${path} is not a file`,
    hint: 'A folder becomes a piece with prepare.',
    next: `npx hardhat prepare ${path}`,
  })
}

const FILE_FAULTS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['INPUT_NOT_FOUND', 'does not exist'],
  ENOTDIR: ['INPUT_NOT_FOUND', 'does not exist'],
  EACCES: ['INPUT_UNREADABLE', 'cannot be read: permission denied'],
  EPERM: ['INPUT_UNREADABLE', 'cannot be read: permission denied'],
}

function fileFault(path: string, cause: unknown): unknown {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const [code, says] = FILE_FAULTS[errno] ?? ['INPUT_UNREADABLE', `cannot be read: ${errno}`]
  return new StorageError(code, { what: `${path} ${says}`, cause })
}

export default function action(
  args: PieceCidArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) => pieceCidOf(args, run))
}
