#!/usr/bin/env node
/**
 * The project's own compiler (the solc package) behind the command line that Slither's compiler driver speaks:
 *
 *     solc --version
 *     solc [name=path]… FILE --combined-json abi,ast,bin,… [--optimize …] [--allow-paths .]
 *
 * So that what is analysed is compiled by what compiles the project, and nothing is downloaded.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import solc from 'solc'

const root = fileURLToPath(new URL('../../', import.meta.url))
const args = process.argv.slice(2)

if (args.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`)
} else {
  const file = args.find((arg) => arg.endsWith('.sol') && !arg.includes('='))
  if (file === undefined) throw new Error('expected a Solidity file among the arguments')
  process.stdout.write(combined(file))
}

function combined(file) {
  const output = JSON.parse(solc.compile(JSON.stringify(input(file)), { import: read }))
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error')
  if (errors.length > 0) {
    console.error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'))
    process.exit(1)
  }
  const contracts = Object.entries(output.contracts).flatMap(([path, inFile]) =>
    Object.entries(inFile).map(([name, contract]) => [`${path}:${name}`, describe(contract)]),
  )
  const sources = Object.entries(output.sources)
  return JSON.stringify({
    contracts: Object.fromEntries(contracts),
    sources: Object.fromEntries(sources.map(([path, { ast }]) => [path, { AST: ast }])),
    sourceList: sources.toSorted(([, a], [, b]) => a.id - b.id).map(([path]) => path),
    version: solc.version(),
  })
}

function input(file) {
  return {
    language: 'Solidity',
    sources: { [file]: { content: readFileSync(file, 'utf8') } },
    settings: {
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 200 },
      outputSelection: {
        '*': {
          '': ['ast'],
          '*': ['abi', 'userdoc', 'devdoc', 'evm.bytecode', 'evm.deployedBytecode'],
        },
      },
    },
  }
}

function describe({ abi, userdoc, devdoc, evm }) {
  return {
    abi,
    bin: evm.bytecode.object,
    'bin-runtime': evm.deployedBytecode.object,
    srcmap: evm.bytecode.sourceMap,
    'srcmap-runtime': evm.deployedBytecode.sourceMap,
    userdoc,
    devdoc,
  }
}

function read(path) {
  const at = [path, join(root, path), join(root, 'node_modules', path)].find(existsSync)
  return at === undefined ? { error: `${path} not found` } : { contents: readFileSync(at, 'utf8') }
}
