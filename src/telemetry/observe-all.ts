import type { ObservedRequest, RequestObserver, StepStart } from './request-observer.js'

/** Several observers as one; undefined for none. */
export function observeAll(observers: readonly RequestObserver[]): RequestObserver | undefined {
  const [only, ...others] = observers
  if (others.length === 0) return only
  return {
    begin: (request) => {
      const observed = observers.flatMap((observer) => observer.begin(request) ?? [])
      return observed.length <= 1 ? observed[0] : together(observed)
    },
  }
}

function together(all: readonly ObservedRequest[]): ObservedRequest {
  const each =
    <Arguments extends readonly unknown[]>(tell: (one: ObservedRequest, ...given: Arguments) => void) =>
    (...given: Arguments): void => {
      for (const one of all) tell(one, ...given)
    }
  return {
    bodyRead: each((one) => {
      one.bodyRead()
    }),
    step: (start: StepStart) => {
      const steps = all.map((one) => one.step(start))
      const traceparent = steps.find((step) => step.traceparent !== undefined)?.traceparent
      return {
        ...(traceparent !== undefined && { traceparent }),
        end: (outcome) => {
          for (const step of steps) step.end(outcome)
        },
      }
    },
    query: each((one, query) => {
      one.query(query)
    }),
    documents: each((one, documents) => {
      one.documents(documents)
    }),
    answering: each((one, head) => {
      one.answering(head)
    }),
    answerData: each((one, chunk) => {
      one.answerData(chunk)
    }),
    end: each((one, outcome) => {
      one.end(outcome)
    }),
  }
}
