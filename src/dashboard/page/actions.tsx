/** Buttons that send, each of which asks first; only on a page that has the token. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type {
  ActionDocument,
  ActionKind,
  OverviewDocument,
  ProposalDocument,
} from '../documents.ts'
import { hasToken, order } from './api.ts'
import { Code, Mark, Outside, ProblemNote } from './parts.tsx'
import { ACTIONS, type Tone } from './words.ts'

interface Props {
  readonly data: ProposalDocument
  readonly overview: OverviewDocument
}

export function Actions({ data, overview }: Props) {
  const [asked, setAsked] = useState<ActionKind>()
  const [refused, setRefused] = useState<string>()
  if (!overview.writable) return null
  const { proposalId } = data.proposal
  const own = overview.actions.filter((action) => action.proposalId === proposalId)
  const isBusy = own.some(({ state }) => state === 'sending' || state === 'sent')
  const send = async (action: ActionKind): Promise<void> => {
    setAsked(undefined)
    setRefused(await order(action, proposalId).catch(() => 'the dashboard does not answer'))
  }
  return (
    <section aria-labelledby="actions" class="actions">
      <h2 id="actions">Do something about it</h2>
      {hasToken() ? (
        <div class="buttons">
          {data.actions.map((action) => (
            <button key={action} type="button" disabled={isBusy} onClick={() => setAsked(action)}>
              {ACTIONS[action].name}
            </button>
          ))}
        </div>
      ) : (
        <p>This tab only reads: open the address with the token that the dashboard printed.</p>
      )}
      <div role="status">
        {refused === undefined ? null : (
          <p>
            <Mark tone="bad" /> Not sent: {refused}
          </p>
        )}
        {own.map((action) => (
          <Went key={action.number} action={action} />
        ))}
      </div>
      {asked === undefined ? null : (
        <Confirm
          action={asked}
          overview={overview}
          name={data.name}
          onYes={() => void send(asked)}
          onNo={() => setAsked(undefined)}
        />
      )}
    </section>
  )
}

const WENT: Readonly<Record<ActionDocument['state'], { tone: Tone; text: string }>> = {
  sending: { tone: 'wait', text: 'is being sent' },
  sent: { tone: 'wait', text: 'is sent and waits to be mined' },
  done: { tone: 'good', text: 'is done' },
  failed: { tone: 'bad', text: 'failed' },
}

function Went({ action }: { action: ActionDocument }) {
  const { tone, text } = WENT[action.state]
  const { name } = ACTIONS[action.action]
  return (
    <>
      <p>
        <Mark tone={tone} /> {name} {text}
        {action.tx === null ? null : (
          <>
            {': transaction '}
            <Outside href={action.link}>
              <Code>{action.tx}</Code>
            </Outside>
          </>
        )}
      </p>
      {action.problem === null ? null : (
        <ProblemNote problem={action.problem} what={`${name} did not go through`} />
      )}
    </>
  )
}

interface ConfirmProps {
  readonly action: ActionKind
  readonly overview: OverviewDocument
  readonly name: string
  readonly onYes: () => void
  readonly onNo: () => void
}

function Confirm({ action, overview, name, onYes, onNo }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const { network } = overview
  return (
    <dialog ref={dialog} onClose={onNo} aria-labelledby="confirm">
      <h2 id="confirm">
        {ACTIONS[action].name}: {name}?
      </h2>
      <p>{ACTIONS[action].does}</p>
      <p>
        {network.isMain
          ? 'This is the Filecoin main network: the gas is paid with real FIL of yours.'
          : `Your account pays the gas on ${network.name}.`}
      </p>
      <div class="buttons">
        <button type="button" class="sends" onClick={onYes}>
          Send it
        </button>
        <button type="button" autofocus onClick={onNo}>
          Do nothing
        </button>
      </div>
    </dialog>
  )
}
