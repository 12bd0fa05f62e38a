import {
  counterparty,
  Month,
  structuredCommunication,
  transfer,
  type ActiveAccount,
  type Activity,
  type Draft,
} from './account-month.context.js';

/** A recurring activity; it adds its share of movements to a month. */
type Source = (month: Month) => Draft[];

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

const cardPayments =
  (
    of: 'shops' | 'restaurants' | 'fuel' | 'online',
    count: [number, number],
    cents: [number, number],
  ): Source =>
  (month) => {
    const random = month.chance(of);
    return times(random.integer(...count), () => {
      const shop = random.pick(month.payees[of]);
      const day = random.integer(1, month.days);
      const time = `${random.integer(10, 20)}:${random.integer(10, 59)}`;
      return {
        day,
        cents: -random.integer(...cents),
        counterparty: counterparty(shop),
        communication: '',
        isStructured: false,
        remittanceInfo: `${month.word('card')}\n${shop}\n${month.date(day)} ${time}`,
      };
    });
  };

const cash: Source = (month) => {
  const random = month.chance('cash');
  return times(random.integer(0, 2), () => ({
    day: random.integer(1, month.days),
    cents: -random.integer(1, 8) * 20_00,
    counterparty: { name: '', iban: '' },
    communication: '',
    isStructured: false,
    remittanceInfo: `${month.word('cash')}\nBancontact`,
  }));
};

const directDebit =
  (of: 'energy' | 'telecom' | 'insurers', cents: [number, number]): Source =>
  (month) => {
    const habit = month.habit(of);
    const creditor = habit.pick(month.payees[of]);
    const reference = `M${habit.digits(12)}`;
    return [
      {
        day: month.workingDay(habit.integer(6, 20)),
        cents: -habit.integer(...cents),
        counterparty: counterparty(creditor),
        communication: structuredCommunication(month.chance(of)),
        isStructured: true,
        remittanceInfo: `${month.word('debit')}\n${creditor}\nREF ${reference}`,
        reference,
      },
    ];
  };

const salary: Source = (month) => {
  const habit = month.habit('salary');
  const employer = habit.pick(month.payees.employers);
  const cents = habit.integer(2_150_00, 3_300_00);
  return [transfer(month, month.workingDay(habit.integer(1, 4)), cents, employer, month.word('salary'))];
};

const rent: Source = (month) => {
  const habit = month.habit('rent');
  const landlord = habit.pick(month.payees.landlords);
  const cents = -habit.integer(640_00, 980_00);
  return [
    transfer(
      month,
      month.workingDay(5),
      cents,
      landlord,
      `${month.word('rent')} ${month.date(1).slice(0, 7)}`,
    ),
  ];
};

const friends: Source = (month) => {
  const random = month.chance('friends');
  return times(random.integer(0, 3), () => {
    const cents = random.integer(-60, 60) * 100 + 50;
    const name = random.pick(month.payees.friends);
    const text =
      cents > 0 ? `${month.word('refund')} "${random.integer(2, 5)} × pizza" – merci/dank u` : '☕ & "thé"';
    return transfer(month, random.integer(1, month.days), cents, name, text);
  });
};

const allowance: Source = (month) => {
  const cents = month.habit('allowance').integer(80, 110) * 10_00;
  return [transfer(month, month.workingDay(2), cents, month.word('household'), month.word('household'))];
};

const takings: Source = (month) => {
  const random = month.chance('takings');
  const everyDay = Array.from({ length: month.days }, (_, at) => at + 1);
  return everyDay.flatMap((day) =>
    times(random.integer(6, 13), () => ({
      day,
      cents: random.integer(4_10, 84_00),
      counterparty: counterparty('Terminal 4711'),
      communication: '',
      isStructured: false,
      remittanceInfo: `${month.word('takings')}\nTERMINAL 4711\n${month.date(day)}`,
    })),
  );
};

const invoices =
  (of: 'suppliers' | 'customers', count: [number, number], cents: [number, number]): Source =>
  (month) => {
    const random = month.chance(of);
    return times(random.integer(...count), () => {
      const name = random.pick(month.payees[of]);
      const amount = random.integer(...cents) * (of === 'suppliers' ? -1 : 1);
      return transfer(month, random.integer(1, month.days), amount, name, structuredCommunication(random));
    });
  };

const wagesAndTax: Source = (month) => {
  const habit = month.habit('wages');
  return [
    transfer(month, month.workingDay(25), -habit.integer(3_900_00, 4_600_00), 'Payroll', month.word('wages')),
    transfer(
      month,
      month.workingDay(20),
      -habit.integer(600_00, 1_100_00),
      habit.pick(month.payees.authorities),
      structuredCommunication(month.chance('vat')),
    ),
  ];
};

const trickle: Source = (month) => {
  const random = month.chance('trickle');
  return times(random.integer(1, 4), () => {
    const name = random.pick(month.payees.online);
    return transfer(
      month,
      random.integer(1, month.days),
      -random.integer(2_99, 29_95),
      name,
      month.word('invoice'),
    );
  });
};

const SOURCES: Readonly<Record<Activity, readonly Source[]>> = {
  salary: [
    salary,
    rent,
    directDebit('energy', [85_00, 165_00]),
    directDebit('telecom', [29_00, 74_00]),
    directDebit('insurers', [11_50, 48_00]),
    cardPayments('shops', [9, 15], [4_20, 96_00]),
    cardPayments('restaurants', [1, 5], [8_50, 74_00]),
    cardPayments('fuel', [1, 3], [35_00, 82_00]),
    cardPayments('online', [0, 3], [9_95, 120_00]),
    cash,
    friends,
  ],
  household: [
    allowance,
    directDebit('energy', [85_00, 165_00]),
    cardPayments('shops', [8, 14], [6_00, 88_00]),
  ],
  business: [
    takings,
    invoices('suppliers', [5, 9], [180_00, 950_00]),
    invoices('customers', [2, 5], [120_00, 880_00]),
    directDebit('energy', [310_00, 540_00]),
    directDebit('telecom', [49_00, 99_00]),
    wagesAndTax,
  ],
  quiet: [trickle],
  none: [],
};

/**
 * The movements of an account in a month. The difference that its sources leave moves to or from savings on the last day
 * (from another currency, in a compartment), so that every month begins with the same balance.
 */
export function draftsOf(account: ActiveAccount, yearAndMonth: string): Draft[] {
  const month = new Month(account, yearAndMonth);
  const drafts = SOURCES[account.activity].flatMap((source) => source(month));
  const total = drafts.reduce((sum, { cents }) => sum + cents, 0);
  if (total === 0) return drafts;
  const word = month.word(account.currency === 'EUR' ? 'savings' : 'exchange');
  return [...drafts, transfer(month, month.days, -total, word, word)];
}
