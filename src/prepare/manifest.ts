/**
 * What joins a payload that needed several pieces.
 *
 * Each part is a CAR with one root: a directory with one entry, `payload`, the share of the file or folder that lies in
 * this part. Parts follow each other in the order of the payload (depth first, names sorted by their bytes). A file that
 * is cut lies under its path in every part that holds some of it; `first` says where the bytes of a part begin.
 *
 * The root of the last part holds `manifest.json` too, without the entry of the last part itself, which cannot hold its own
 * CID: who has that piece finds all the others.
 */
import { z } from 'zod/v4'
import { StorageError } from '../errors.ts'

/** Name of the share of a part in its root. */
export const PAYLOAD_NAME = 'payload'
/** Name of the manifest in the root of the last part. */
export const MANIFEST_NAME = 'manifest.json'

const size = z.number().int().nonnegative()

const part = z.strictObject({
  /** Root CID of the CAR: the directory around `payload`. */
  root: z.string(),
  pieceCid: z.string(),
  pieceCidV2: z.string(),
  /** Bytes of the CAR. */
  size,
  /** Padded bytes. */
  pieceSize: size,
  /** Files of which the part holds all or some. */
  files: size,
  /** Where the part begins: the first file in it, below the payload (empty: the payload is that file), and the byte of it. */
  first: z.strictObject({ path: z.string(), offset: size }),
})

const manifest = z.strictObject({
  version: z.literal(1),
  kind: z.literal('manifest'),
  /** Base name of the input. */
  name: z.string(),
  /** Root CID of the whole payload: what it would be in one piece. */
  root: z.string(),
  /** Bytes and number of all files. */
  size,
  files: size,
  /** How many parts there are; a manifest inside the last part lists one fewer. */
  count: z.number().int().min(2),
  parts: z.array(part).min(1),
})

export type ManifestPart = z.infer<typeof part>
export type Manifest = z.infer<typeof manifest>

export function encodeManifest(value: Manifest): string {
  return `${JSON.stringify(manifest.parse(value), undefined, 2)}\n`
}

/** Errors: ARGUMENT_INVALID for anything but a manifest; `from` says where the text was. */
export function decodeManifest(text: string, from: string): Manifest {
  try {
    const value = manifest.parse(JSON.parse(text))
    const { count, parts } = value
    if (parts.length !== count && parts.length !== count - 1)
      throw new StorageError('ARGUMENT_INVALID', {
        what: 'the manifest does not list its parts',
        expected: `${count} or ${count - 1}`,
        got: parts.length,
      })
    return value
  } catch (cause) {
    throw new StorageError('ARGUMENT_INVALID', {
      what: `${from} is not a manifest of parts`,
      hint: 'it is a JSON document of kind "manifest", as prepare writes it for a payload of several pieces',
      cause,
    })
  }
}
