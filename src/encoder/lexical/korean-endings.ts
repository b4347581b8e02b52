const words = (list: string): readonly string[] => list.split(' ')

/** Every head followed by every tail. */
const joined = (heads: readonly string[], tails: readonly string[]): readonly string[] =>
  heads.flatMap((head) => tails.map((tail) => head + tail))

/** Case particles, and the auxiliary ones that may stand in their place. */
const CASE_PARTICLES = words(
  '이 가 을 를 은 는 의 에 에서 에게 에게서 한테 께 께서 으로 로 으로서 로서 으로써 로써 와 과 랑 이랑 ' +
    '도 만 까지 부터 마다 조차 밖에 처럼 보다 같이 만큼 마저 대로 나 이나 이라도 라도 이나마 든지 이든지',
)

/** Particles that follow a case particle: `에서` + `는`. */
const STACKED_PARTICLES = joined(
  words('에 에서 에게 한테 께서 으로 로 으로서 로서 와 과 까지 부터 만 보다 만큼'),
  words('는 은 도 만 의 나 부터 까지'),
)

/** The plural, alone and with particles. */
const PLURAL = joined(['들'], ['', ...words('이 은 을 의 에게 과 도 로')])

/** What follows a past stem such as `했`, in running text and in questions. */
const PAST_TAILS = words(
  '다 고 으며 으나 으면 던 지만 는데 는데요 습니다 습니까 어요 나 나요 는가 는가요 는지 는지요 을까 을까요 ' +
    '다가 다고 다는 음 기 을',
)

/** What follows a present stem such as `하`. */
const PRESENT_TAILS = words('다 고 며 면 나 나요 는 는가 는가요 는지 는데 지 지만 기 게 도록 면서 려고 자 던')

/** The copula `이다` behind a noun, with `이` kept and contracted. */
const COPULA = [
  ...words(
    '이다 다 인 일 이고 고 이며 며 이자 자 이란 란 이라 라 이라는 라는 이라고 라고 이냐 냐 이니 니 인데 이야 야',
  ),
  ...words('인가 인가요 인지 인지요 일까 일까요 입니까 입니다 이에요 예요 이죠 죠'),
  ...joined(words('이었 였'), PAST_TAILS),
]

/** `하다`, `되다` and `시키다`, which make verbs of nouns: the noun before them is what the text is about. */
const NOUN_VERBS = [
  ...words('한 할 함 해 해서 하여 한다 합니다 합니까 하는 할까 할까요 했 하였'),
  ...words('시킨 시킬 시킴 시켜 시켜서 시킨다 시킵니다 시켰'),
  ...words('된 될 됨 돼 돼서 되어 된다 됩니다 됩니까 되는 될까 될까요 됐 되었 되어있는 되어있다'),
  ...joined(words('하 되 시키'), PRESENT_TAILS),
  ...joined(words('했 하였 됐 되었 시켰'), PAST_TAILS),
]

/** Endings of other verbs and adjectives, past ones with their marker. */
const VERB_ENDINGS = [
  ...joined(words('었 았'), PAST_TAILS),
  ...words(
    '나요 는가 는가요 은가 은가요 는지 은지 을까 을까요 습니다 습니까 는데 지만 어서 아서 면서 으면서',
  ),
]

/**
 * Particles and endings that may stand at the end of a Korean word (eojeol), stripped once, longest first,
 * where at least two syllables remain.
 *
 * The list follows the categories of a school grammar: particles, stacked particles, the copula, the verbs that
 * make verbs of nouns, and the commonest verb endings of statements and questions. Gaps were looked for among
 * the words of Korean questions and passages that belong to no evaluation set. Stems that change with their
 * ending are left to the bigrams, which find what is common.
 */
export const ENDINGS: readonly string[] = [
  ...CASE_PARTICLES,
  ...STACKED_PARTICLES,
  ...PLURAL,
  ...COPULA,
  ...NOUN_VERBS,
  ...VERB_ENDINGS,
]

/**
 * Endings so unlikely to be part of a noun that one syllable may remain before them (`왕으로` -> `왕`). A single
 * syllable such as `이` or `도` is not: it ends thousands of nouns of two syllables.
 */
export const ENDINGS_AFTER_ONE_SYLLABLE: readonly string[] = words(
  '까지 부터 에서 에는 으로 에게 에도 처럼 보다 에서는 으로는 에서의 이란 이나 이며 이고 이다 이라는 입니까 인가요 인가 였나요 였다',
)
