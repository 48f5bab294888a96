/** A preparation in a process with limits of its own: INPUT DEPOT PIECE-SIZE → the code of its error on standard output. */
import { openDepot } from '../../../../src/depot/fs-store.ts'
import { isStorageError } from '../../../../src/errors.ts'
import { prepare } from '../../../../src/prepare/prepare.ts'

const [input = '', folder = '', pieceSize = ''] = process.argv.slice(2)
try {
  await prepare([input], await openDepot(folder), { maxPieceSize: Number(pieceSize), threads: 1 })
  process.stdout.write('done')
} catch (error) {
  process.stdout.write(isStorageError(error) ? error.code : String(error))
}
