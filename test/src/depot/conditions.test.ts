import { expect } from 'chai'
import { isRangeWanted, verdictOf } from '../../../src/depot/conditions.ts'

const etag = '"abc"'

describe('depot/conditions', () => {
  const rows: [headers: Record<string, string>, want: string][] = [
    [{}, 'proceed'],
    [{ 'if-match': '"abc"' }, 'proceed'],
    [{ 'if-match': '*' }, 'proceed'],
    [{ 'if-match': '"x", "abc" ,"y"' }, 'proceed'],
    [{ 'if-match': '"x"' }, 'failed'],
    [{ 'if-match': 'abc' }, 'failed'],
    [{ 'if-match': 'W/"abc"' }, 'failed'],
    [{ 'if-none-match': '"abc"' }, 'not-modified'],
    [{ 'if-none-match': 'W/"abc"' }, 'not-modified'],
    [{ 'if-none-match': '"x",W/"abc"' }, 'not-modified'],
    [{ 'if-none-match': '*' }, 'not-modified'],
    [{ 'if-none-match': '"x"' }, 'proceed'],
    [{ 'if-match': '"x"', 'if-none-match': '"abc"' }, 'failed'],
    [{ 'if-match': '"abc"', 'if-none-match': '"abc"' }, 'not-modified'],
    [{ 'if-modified-since': 'Thu, 01 Jan 2099 00:00:00 GMT' }, 'proceed'],
    [{ 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 'proceed'],
  ]
  for (const [headers, want] of rows) {
    it(`answers ${JSON.stringify(headers)} with ${want}`, () =>
      expect(verdictOf(headers, etag)).to.equal(want))
  }

  it('honours a range without If-Range or with exactly the tag', () => {
    expect(isRangeWanted({}, etag)).to.equal(true)
    expect(isRangeWanted({ 'if-range': '"abc"' }, etag)).to.equal(true)
    for (const tag of ['"x"', 'W/"abc"', 'abc', 'Thu, 01 Jan 2099 00:00:00 GMT']) {
      expect(isRangeWanted({ 'if-range': tag }, etag), tag).to.equal(false)
    }
  })
})
