/** SL-D42n: the depot, and whether what is served is its piece. */
import { about, type Check, must, ok } from './check.ts'

export const DEPOT: readonly Check[] = [
  {
    code: 'SL-D421',
    title: 'The depot has the piece',
    by: ['Sealift'],
    source: 'src/depot/fs-store.ts',
    why: 'Without a copy in the depot nothing can be compared, and nothing be served from here.',
    fix: 'Prepare the files again, into the depot that is served; --depot names another.',
    look: ({ depot, network }) =>
      depot &&
      about(depot.piece, (piece) =>
        must(piece !== undefined, piece === undefined ? 'no such piece' : `${piece.size} bytes`, {
          next: `npx hardhat prepare PATH${network.option}`,
        }),
      ),
  },
  {
    code: 'SL-D422',
    title: 'The record of the piece is right',
    by: ['Sealift'],
    source: 'src/depot/record.ts',
    why: 'A record that contradicts its own piece CID, or a file of another size, is served wrongly or not at all.',
    fix: 'Remove the piece from the depot and prepare the files again.',
    look: ({ depot, offer }) => {
      if (depot === undefined) return undefined
      if (depot.damage !== '') return must(false, depot.damage)
      if (!depot.piece.known || depot.piece.value === undefined) return undefined
      const { size, pieceSize } = depot.piece.value
      if (offer === undefined) return ok(`${size} bytes in a piece of ${pieceSize}`)
      const same = BigInt(size) === offer.size && BigInt(pieceSize) === offer.pieceSize
      return must(same, `${size} bytes in a piece of ${pieceSize}`, {
        expected: `${offer.size} in ${offer.pieceSize}`,
      })
    },
  },
  {
    code: 'SL-D423',
    title: "The URL serves the depot's piece",
    by: ['Boost', 'Curio'],
    source: 'boost storagemarket/deal_commp.go',
    why: 'A login page, an error page with status 200 or another file gives another commitment, found only after the whole download.',
    fix: 'Let the URL lead to the piece itself; look at it with `curl -r 0-99 URL`.',
    look: ({ url }) =>
      url?.ours &&
      about(url.ours, (ours) =>
        must(ours, ours ? 'samples are equal' : 'other bytes', {
          expected: 'the bytes of the piece in the depot',
        }),
      ),
  },
  {
    code: 'SL-D424',
    title: 'All bytes that are served have the commitment',
    by: ['Boost', 'Curio'],
    source: 'boost storagemarket/deal_commp.go',
    why: 'The provider computes the commitment of what it downloaded: any other than the proposed one ends the deal.',
    fix: 'Serve the very CAR that was prepared; `npx hardhat piece-cid FILE` tells the commitment of any file.',
    look: ({ url }) =>
      url?.commitment &&
      about(url.commitment, (served) =>
        url.pieceCid === undefined
          ? ok(served)
          : must(served === url.pieceCid, served, { expected: url.pieceCid }),
      ),
  },
]
