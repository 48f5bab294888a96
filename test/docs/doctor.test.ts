/** docs/doctor.md has the catalogue of now: `node scripts/doctor-page.ts` writes it. */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { PAGE, withChecks } from '../../scripts/doctor-page.ts'
import { CHECKS } from '../../src/doctor/diagnose.ts'

describe('docs/doctor.md', () => {
  const page = readFileSync(PAGE, 'utf8')

  it('has a line for each code', () => {
    const missing = CHECKS.filter(({ code }) => !page.includes(`\n- **${code}** `))
    expect(missing.map(({ code }) => code)).to.deep.equal([])
    expect(page.match(/\n- \*\*SL-D\d{3}\*\* /g)).to.have.length(CHECKS.length)
  })

  it('says what the catalogue says', () => {
    expect(page.replaceAll(/\s+/g, ' ')).to.equal(withChecks(page).replaceAll(/\s+/g, ' '))
  })
})
