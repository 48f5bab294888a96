/** Whether what came back is what went in: every file, byte for byte. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

export interface Comparison {
  readonly files: number
  readonly bytes: number
  /** Paths that are missing, extra or different; empty when everything is identical. */
  readonly different: readonly string[]
}

/** Two folders, or two files. Links are followed. */
export async function compareTrees(original: string, returned: string): Promise<Comparison> {
  const [before, after] = [await filesOf(original), await filesOf(returned)]
  const different = [...after.keys()].filter((path) => !before.has(path))
  let bytes = 0
  for (const [path, file] of before) {
    const twin = after.get(path)
    bytes += (await stat(file)).size
    if (twin === undefined || (await digestOf(file)) !== (await digestOf(twin)))
      different.push(path)
  }
  return { files: before.size, bytes, different }
}

/** Relative path → path; '' for a file that is compared alone. */
async function filesOf(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const visit = async (path: string, name: string): Promise<void> => {
    if (!(await stat(path)).isDirectory()) {
      found.set(name, path)
      return
    }
    for (const entry of await readdir(path)) {
      await visit(join(path, entry), name === '' ? entry : `${name}/${entry}`)
    }
  }
  await visit(root, '')
  return found
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}
