/** `explain [CODE]`: what a code of `doctor`, or of an error, stands for. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Check } from '../src/doctor/check.ts'
import { CHECKS, groupOf } from '../src/doctor/diagnose.ts'
import { errorCodes, StorageError } from '../src/errors.ts'
import type { ExplainedDocument } from '../src/flow/documents.ts'
import { formatTable } from '../src/terminal/table.ts'
import { mannersOf } from './manners.ts'
import { type Outcome, runTask } from './run.ts'

type Explained = ExplainedDocument['codes'][number]

interface ExplainArguments {
  readonly code: string | undefined
  readonly json: boolean
}

/** Errors: ARGUMENT_INVALID for a code that is none. */
export function explainCode(text: string | undefined): Outcome<ExplainedDocument> {
  const all = [...CHECKS.map(ofCheck), ...Object.entries(errorCodes).map(ofError)]
  if (text === undefined) return { document: documentOf(all), text: listed(all) }
  const wanted = text.trim().toUpperCase()
  const found = all.find(({ code }) => code === wanted || code === `SL-${wanted}`)
  if (found === undefined)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'there is no such code',
      expected: 'one such as SL-D301 or NO_KEY',
      got: JSON.stringify(text),
      next: 'npx hardhat explain',
    })
  return { document: documentOf([found]), text: told(found) }
}

function ofCheck(check: Check): Explained {
  const { code, title, by, source, why, fix } = check
  return { code, title, group: groupOf(check), by, source, why, fix }
}

function ofError([code, title]: [string, string]): Explained {
  return { code, title, group: null, by: [], source: null, why: null, fix: null }
}

function documentOf(codes: readonly Explained[]): ExplainedDocument {
  return { version: 1, kind: 'explained', codes }
}

function listed(all: readonly Explained[]): string[] {
  const rows = (codes: readonly Explained[]) =>
    formatTable(codes.map(({ code, title }) => [code, title]))
  return [
    'Checks of doctor',
    ...rows(all.filter(({ group }) => group !== null)),
    '',
    'Errors',
    ...rows(all.filter(({ group }) => group === null)),
    '',
    'Next: npx hardhat explain CODE',
  ]
}

function told({ code, title, group, by, source, why, fix }: Explained): string[] {
  if (group === null) return [`${code}: ${title}`, 'The message of the error says what to do.']
  return [
    `${code}: ${title}`,
    `group       ${group}`,
    `checked by  ${by.join(', ')}`,
    `source      ${source ?? ''}`,
    `why         ${why ?? ''}`,
    `what to do  ${fix ?? ''}`,
  ]
}

export default function action(
  args: ExplainArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), async () => explainCode(args.code))
}
