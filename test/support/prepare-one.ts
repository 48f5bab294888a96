/** `prepare` of what fits one piece. */
import { expect } from 'chai'
import { prepare, type PrepareOptions } from '../../src/prepare/prepare.ts'
import type { PieceSink, StoredPiece } from '../../src/prepare/sink.ts'

export async function prepareOne(
  inputs: readonly string[],
  sink: PieceSink,
  options: PrepareOptions = {},
): Promise<StoredPiece> {
  const { pieces, root, manifest } = await prepare(inputs, sink, options)
  const [piece] = pieces
  if (piece === undefined || pieces.length > 1 || manifest !== undefined)
    return expect.fail(`${pieces.length} pieces`)
  expect(root).to.equal(piece.root)
  return piece
}
