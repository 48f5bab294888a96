/** A preparation in a process that can be killed: INPUT DEPOT PIECE-SIZE → the result as JSON on standard output. */
import { openDepot } from '../../../src/depot/fs-store.ts'
import { prepare } from '../../../src/prepare/prepare.ts'

const [input = '', folder = '', pieceSize = ''] = process.argv.slice(2)
const depot = await openDepot(folder)
const { root, pieces } = await prepare([input], depot, {
  maxPieceSize: Number(pieceSize),
  threads: 2,
  onProgress: ({ bytes }) => process.stderr.write(`${bytes}\n`),
})
process.stdout.write(JSON.stringify({ root, pieces: pieces.map((piece) => piece.pieceCidV2) }))
