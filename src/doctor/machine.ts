/** SL-D0nn: this machine and its configuration. */
import { type Check, about, must, ok, should } from './check.ts'
import { shownUrl } from './shown-url.ts'

/** Hardhat 3 runs on no older one. */
const NODE_NEEDED = [22, 13] as const
/** Bytes: below it a piece of any use does not fit. */
const FREE_NEEDED = 2 ** 30

export const MACHINE: readonly Check[] = [
  {
    code: 'SL-D001',
    title: 'Node.js is new enough',
    by: ['Sealift'],
    source: 'hardhat 3, package.json engines',
    why: 'Hardhat 3 does not run on an older Node.js.',
    fix: 'Install Node.js 24, or run the set-up of the project, which brings it along.',
    look: ({ machine }) => machine && nodeIsNew(machine.node),
  },
  {
    code: 'SL-D002',
    title: 'Commitments are hashed by native code',
    by: ['Sealift'],
    source: 'src/piece/hash-pairs.ts',
    why: 'Without a native build of @chainsafe/hashtree a piece commitment takes about 20 times as long; the result is the same.',
    fix: 'Nothing must be done. For speed use a platform with a native build: Linux, macOS or Windows on x64 or arm64.',
    look: ({ machine }) =>
      machine &&
      (machine.hashBackend === 'hashtree'
        ? ok('hashtree (native)')
        : should(false, 'as-sha256 (WebAssembly)', { expected: 'hashtree (native)' })),
  },
  {
    code: 'SL-D003',
    title: 'The disk of the depot has room',
    by: ['Sealift'],
    source: 'src/depot/fs-store.ts',
    why: 'A prepared piece is a copy of the files as one CAR. A full disk ends a preparation half-way.',
    fix: 'Remove pieces that nobody fetches any more, or name a folder on another disk with --depot.',
    look: ({ machine, offer }) =>
      machine &&
      about(machine.freeBytes, (free) => {
        const seen = `${mebibytes(free)} are free`
        if (offer !== undefined) return ok(seen)
        return should(free >= FREE_NEEDED, seen, { expected: `${mebibytes(FREE_NEEDED)} or more` })
      }),
  },
  {
    code: 'SL-D004',
    title: 'An address of the depot for providers is known',
    by: ['Sealift'],
    source: 'tasks/context.ts',
    why: 'A proposal names the URL at which providers fetch the piece. Nothing can be proposed without one.',
    fix: 'Serve the depot where providers can reach it, and give its address with --url or SEALIFT_DEPOT_URL.',
    look: ({ machine, offer }) =>
      machine === undefined || offer !== undefined
        ? undefined
        : must(
            machine.depotUrl !== '',
            machine.depotUrl === '' ? 'none' : shownUrl(machine.depotUrl),
            {
              expected: 'such as https://depot.example',
              next: 'npx hardhat depot --host 0.0.0.0',
            },
          ),
  },
]

function nodeIsNew(version: string) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [needed, least] = NODE_NEEDED
  return must(major > needed || (major === needed && minor >= least), `Node.js ${version}`, {
    expected: `${needed}.${least} or newer`,
  })
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`
}
