import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { NETWORKS } from '../../src/chain/networks.ts'
import { confirmSpending } from '../../tasks/confirm.ts'
import { actPlain } from './support/act.ts'

/** They open what others sign with. */
const OPENERS = new Set(['context.ts', 'network.ts', 'perpetual.ts'])

describe('tasks/confirm', () => {
  it('stands in every task that signs something', () => {
    const signing = readdirSync('tasks').filter(
      (file) =>
        file.endsWith('.ts') &&
        !OPENERS.has(file) &&
        /\.sender\(\)|signs: true/.test(readFileSync(`tasks/${file}`, 'utf8')),
    )
    expect(signing).to.include.members(['deploy.ts', 'request.ts', 'top-up.ts'])
    for (const file of signing)
      expect(readFileSync(`tasks/${file}`, 'utf8'), file).to.match(/await confirmSpending\(/)
  })

  it('asks on the main network alone, and not whoever said --yes', async () => {
    expect((await ask('filecoin', false, true)).out()).to.equal('sent\n')
    expect((await ask('filecoin', true)).out()).to.equal('sent\n')
    expect((await ask('calibration', false)).out()).to.equal('sent\n')
    for (const answer of [false, undefined]) {
      const io = await ask('filecoin', false, answer)
      expect(io.out()).to.equal('')
      expect(io.exitCode()).to.equal(2)
    }
  })
})

function ask(network: keyof typeof NETWORKS, yes: boolean, answer?: boolean) {
  return actPlain(
    async (run) => {
      await confirmSpending({ yes }, run, NETWORKS[network])
      return { document: {}, text: ['sent'] }
    },
    answer === undefined ? {} : { answer },
  )
}
