/** The page as a browser takes it, made when the dashboard starts: nobody builds anything, nothing built can be out of date. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { StorageError } from '../errors.ts'

export interface Bundle {
  readonly html: string
  readonly script: string
  readonly style: string
  readonly icon: string
}

const place = (name: string): string => fileURLToPath(new URL(`page/${name}`, import.meta.url))

/** @throws INTERNAL */
export async function bundlePage(): Promise<Bundle> {
  const [html, style, icon, script] = await Promise.all([
    readFile(place('index.html'), 'utf8'),
    readFile(place('style.css'), 'utf8'),
    readFile(place('icon.svg'), 'utf8'),
    scriptOf(place('main.tsx')),
  ])
  return { html, style, icon, script }
}

async function scriptOf(entry: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      minify: true,
      legalComments: 'none',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      logLevel: 'silent',
    })
    return outputFiles[0]?.text ?? ''
  } catch (cause) {
    throw new StorageError('INTERNAL', { what: 'the page of the dashboard cannot be made', cause })
  }
}
