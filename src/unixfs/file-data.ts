/**
 * The data of a file node, written as a whole and not field by field: it has one field for each of 1024 parts.
 *
 *   08 02, 18 [size of the file], 20 [size of a part] for each link
 * @see https://specs.ipfs.tech/unixfs/#data-field
 */
import { varintSize, writeVarint } from './protobuf.ts'

/** Bytes of the data above parts whose fields take `fieldsSize` bytes; `content` is the size of the file. */
export function fileDataSize(content: number, fieldsSize: number): number {
  return 2 + 1 + varintSize(content) + fieldsSize
}

/** Bytes of the field of one part. */
export function partFieldSize(part: number): number {
  return 1 + varintSize(part)
}

/** Data from the bytes of the file that are behind each link. */
export function encodeFileData(parts: readonly number[]): Uint8Array {
  let content = 0
  let fieldsSize = 0
  for (const part of parts) {
    content += part
    fieldsSize += partFieldSize(part)
  }
  const data = new Uint8Array(fileDataSize(content, fieldsSize))
  data.set([0x08, 0x02, 0x18])
  let at = writeVarint(content, data, 3)
  for (const part of parts) {
    data[at++] = 0x20
    at = writeVarint(part, data, at)
  }
  return data
}
