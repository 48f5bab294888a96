import { expect } from 'chai'
import { stripVTControlCharacters } from 'node:util'
import { createStory } from '../../../src/terminal/story.ts'

function tell(colour: boolean): string {
  let text = ''
  let ms = 0
  const stream = { write: (chunk: string) => (text += chunk) }
  const story = createStory(stream, { colour, now: () => ms })
  story.title('Sealift')
  story.step('Prepare the folder')
  story.fact('files', 1000)
  story.fact('links', 'one\ntwo')
  ms = 1234
  story.step('Propose')
  story.note('A sentence.')
  story.good('every file is identical')
  story.bad('one is not')
  story.end('Stored.')
  return text
}

describe('terminal/story', () => {
  it('tells numbered steps with aligned facts and times', () => {
    expect(tell(false)).to.equal(
      [
        'Sealift',
        '',
        ' 1  Prepare the folder',
        '    files       1000',
        '    links       one',
        '                two',
        '    took 1.2 s',
        '',
        ' 2  Propose',
        '    A sentence.',
        '    ✓ every file is identical',
        '    ✗ one is not',
        '',
        'Stored.',
        '',
      ].join('\n'),
    )
  })

  it('says the same with colours', () => {
    expect(tell(true)).to.not.equal(tell(false))
    expect(stripVTControlCharacters(tell(true))).to.equal(tell(false))
  })
})
