/** The links of a block: what must be there too for a DAG to be whole. Blocks of other codecs count as leaves. */
import * as dagCbor from '@ipld/dag-cbor'
import * as dagPb from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import { StorageError } from '../errors.ts'
import { DAG_CBOR, DAG_PB } from './cid.ts'

/** @throws CAR_INVALID when a dag-pb or dag-cbor block cannot be decoded */
export function linksOf(cid: CID, bytes: Uint8Array): CID[] {
  try {
    if (cid.code === DAG_PB) return dagPb.decode(bytes).Links.map((link) => link.Hash)
    if (cid.code === DAG_CBOR) return [...cidsIn(dagCbor.decode(bytes))]
  } catch (cause) {
    throw new StorageError('CAR_INVALID', {
      what: `the block ${cid} is not the ${cid.code === DAG_PB ? 'dag-pb' : 'dag-cbor'} that its CID says`,
      cause,
    })
  }
  return []
}

function* cidsIn(value: unknown): Generator<CID> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
  const cid = CID.asCID(value)
  if (cid !== null) yield cid
  else for (const part of Object.values(value)) yield* cidsIn(part)
}
