const FIRST = [
  'Amina',
  'Bruno',
  'Chloé',
  'Daniel',
  'Elif',
  'Farid',
  'Grace',
  'Hana',
  'Ivan',
  'Jun',
  'Katarzyna',
  'Liam',
  'Mei',
  'Noah',
  'Olga',
  'Priya',
  'Quentin',
  'Rosa',
  'Samuel',
  'Tariq',
  'Uma',
  'Víctor',
  'Wanjiru',
  'Ximena',
  'Yusuf',
  'Zoë',
  'Aarav',
  'Beatriz',
  'Caleb',
  'Dalia',
  'Emil',
  'Freya',
  'Goran',
  'Ines',
  'Jonas',
  'Keiko',
  'Lucía',
];
const LAST = [
  'Adeyemi',
  'Bauer',
  'Castillo',
  'Dubois',
  'Eriksen',
  'Ferrari',
  'García',
  'Haddad',
  'Ito',
  'Jansen',
  'Kowalski',
  'Lindqvist',
  'Mbeki',
  'Nguyen',
  'O’Brien',
  'Patel',
  'Quispe',
  'Rossi',
  'Silva',
  'Tanaka',
  'Usman',
  'Vasquez',
  'Weber',
  'Xu',
  'Yılmaz',
  'Zhang',
  'Almeida',
  'Brandt',
  'Chen',
  'Diallo',
  'Edwards',
];

/** A made-up name for the nth person (from 1): the same for the same n, different for the first thousand. */
export function nameOf(n: number): string {
  const index = n - 1;
  return `${FIRST[index % FIRST.length]} ${LAST[(index * 11 + 5) % LAST.length]}`;
}

/** An address of the name under the reserved domain `example`; the number keeps namesakes apart. */
export function emailOf(name: string, n: number): string {
  const local = name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll('ı', 'i')
    .replaceAll(/[^a-z ]/g, '')
    .trim()
    .replaceAll(/ +/g, '.');
  return `${local || 'user'}.${n}@school.example`;
}
