/** The commands between two markers of the README. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'

/** Task and arguments, without `npx hardhat`, the network and remarks. */
export async function commandsOf(place: string): Promise<string[][]> {
  const page = await readFile('README.md', 'utf8')
  const [, block = ''] = page.split(`<!-- ${place}:begin -->`)
  const [text = ''] = block.split(`<!-- ${place}:end -->`)
  const commands = [...text.matchAll(/^npx hardhat ([^#\n]+)/gm)].map(([, words = '']) =>
    words.replace('--network localnet', '').trim().split(/\s+/),
  )
  expect(commands, `commands of ${place}`).to.have.length.above(0)
  return commands
}
