/** Findings as the document that `doctor` prints, and as the refusal that stops a send. */
import type { Finding, Verdict } from '../doctor/check.ts'
import { worst } from '../doctor/diagnose.ts'
import { StorageError } from '../errors.ts'
import type { DiagnosisDocument } from './documents.ts'

export function diagnosisDocument(
  network: string,
  proposalId: string | null,
  findings: readonly Finding[],
): DiagnosisDocument {
  const count = (wanted: Verdict) => findings.filter(({ verdict }) => verdict === wanted).length
  return {
    version: 1,
    kind: 'diagnosis',
    network,
    proposalId,
    verdict: worst(findings),
    counts: {
      ok: count('ok'),
      warning: count('warning'),
      refused: count('refused'),
      unknown: count('unknown'),
    },
    findings,
  }
}

/** `SL-D405 title: seen, expected …`, on one line. */
export function sentenceOf({ code, title, about, seen, expected }: Finding): string {
  const who = about === null ? '' : ` (${about})`
  const instead = expected === null ? '' : `, expected ${expected}`
  return `${code} ${title}${who}: ${seen}${instead}`
}

/** Undefined when nothing is refused. `option` names the network in a command. */
export function refusalOf(findings: readonly Finding[]): StorageError | undefined {
  const refused = findings.filter(({ verdict }) => verdict === 'refused')
  const [first] = refused
  if (first === undefined) return undefined
  return new StorageError('WOULD_BE_REFUSED', {
    what: `nothing was sent, it would be refused. ${refused.map(sentenceOf).join('; ')}`,
    hint: `${refused.map(({ fix }) => fix ?? '').join(' ')} Who knows better sends with --skip-doctor.`,
    next: first.next ?? `npx hardhat explain ${first.code}`,
  })
}
