import { expect } from 'chai'
import { checkLabel, labelFor, rootOfLabel } from '../../../src/deal/label.ts'
import { refused } from '../../support/refused.ts'

const ROOT = 'bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe'

describe('deal/label', () => {
  it('carries request, attempt and root', () => {
    expect(labelFor(ROOT, 'letters', 2)).to.equal(`letters-2/ipfs/${ROOT}`)
  })

  it('differs from attempt to attempt', () => {
    expect(labelFor(ROOT, 'a', 1)).to.not.equal(labelFor(ROOT, 'a', 2))
  })

  it('gives the root back as providers read it: behind the first /ipfs/, up to the next', () => {
    expect(rootOfLabel(ROOT)).to.equal(ROOT)
    expect(rootOfLabel(`x/ipfs/${ROOT}`)).to.equal(ROOT)
    expect(rootOfLabel(`x/ipfs/${ROOT}/ipfs/y`)).to.equal(ROOT)
    expect(rootOfLabel(`x/ipns/${ROOT}`)).to.equal(undefined)
    expect(rootOfLabel('')).to.equal(undefined)
  })

  it('takes 256 bytes and not 257', async () => {
    const room = 256 - `/ipfs/${ROOT}`.length
    checkLabel(`${'é'.repeat(room / 2)}${'x'.repeat(room % 2)}/ipfs/${ROOT}`)
    await refused('LABEL_TOO_LONG', () => checkLabel(`${'x'.repeat(room + 1)}/ipfs/${ROOT}`))
    await refused('LABEL_TOO_LONG', () => labelFor(ROOT, 'x'.repeat(256), 1))
  })

  it('counts bytes, not characters', () =>
    refused('LABEL_TOO_LONG', () => checkLabel(`${'é'.repeat(120)}/ipfs/${ROOT}`)))

  it('refuses a label without root, and text that has no UTF-8', async () => {
    await refused('TERM_INVALID', () => checkLabel(''))
    await refused('TERM_INVALID', () => checkLabel('holiday pictures'))
    await refused('TERM_INVALID', () => checkLabel(`\ud800/ipfs/${ROOT}`))
  })
})
