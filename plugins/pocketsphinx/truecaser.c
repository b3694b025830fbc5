/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "truecaser.h"

#include <string.h>

/* Maximum number of words of a name. */
#define MAX_WORDS 3

/* ISO 639 and ISO 3166 (package iso-codes) have neither nationalities nor the usual short names,
 * and hundreds of names of languages that are common English words: hence a list. */
static const char *const names[] = {
  /* the pronoun: I'm, I've, I'll and I'd have the same begin */
  "I",
  /* days and months */
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
  "January",
  "February",
  "April",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
  /* continents and regions */
  "Africa",
  "America",
  "Antarctica",
  "Asia",
  "Australasia",
  "Balkans",
  "Caribbean",
  "Europe",
  "Eurasia",
  "Scandinavia",
  "Oceania",
  "Polynesia",
  "Central America",
  "European Union",
  "Latin America",
  "Middle East",
  "North America",
  "South America",
  "African",
  "American",
  "Asian",
  "Caucasian",
  "European",
  "Scandinavian",
  "Polynesian",
  /* countries */
  "Afghanistan",
  "Albania",
  "Algeria",
  "Andorra",
  "Angola",
  "Argentina",
  "Armenia",
  "Aruba",
  "Australia",
  "Austria",
  "Azerbaijan",
  "Bahamas",
  "Bahrain",
  "Bangladesh",
  "Barbados",
  "Belarus",
  "Belgium",
  "Belize",
  "Benin",
  "Bermuda",
  "Bhutan",
  "Bolivia",
  "Bosnia",
  "Botswana",
  "Brazil",
  "Britain",
  "Brunei",
  "Bulgaria",
  "Burkina Faso",
  "Burma",
  "Burundi",
  "Cambodia",
  "Cameroon",
  "Canada",
  "Cape Verde",
  "Chad",
  "Chile",
  "China",
  "Colombia",
  "Comoros",
  "Congo",
  "Costa Rica",
  "Croatia",
  "Cuba",
  "Cyprus",
  "Czech Republic",
  "Czechia",
  "Czechoslovakia",
  "Denmark",
  "Djibouti",
  "Dominica",
  "Dominican Republic",
  "East Timor",
  "Ecuador",
  "Egypt",
  "El Salvador",
  "England",
  "Equatorial Guinea",
  "Eritrea",
  "Estonia",
  "Ethiopia",
  "Fiji",
  "Finland",
  "France",
  "Gabon",
  "Gambia",
  "Germany",
  "Ghana",
  "Gibraltar",
  "Great Britain",
  "Greece",
  "Greenland",
  "Grenada",
  "Guam",
  "Guatemala",
  "Guyana",
  "Haiti",
  "Herzegovina",
  "Holland",
  "Honduras",
  "Hong Kong",
  "Hungary",
  "Iceland",
  "India",
  "Indonesia",
  "Iran",
  "Iraq",
  "Ireland",
  "Israel",
  "Italy",
  "Ivory Coast",
  "Jamaica",
  "Japan",
  "Jordan",
  "Kazakhstan",
  "Kenya",
  "Kiribati",
  "Korea",
  "Kosovo",
  "Kuwait",
  "Kyrgyzstan",
  "Laos",
  "Latvia",
  "Lebanon",
  "Lesotho",
  "Liberia",
  "Libya",
  "Liechtenstein",
  "Lithuania",
  "Luxembourg",
  "Macau",
  "Macedonia",
  "Madagascar",
  "Malawi",
  "Malaysia",
  "Maldives",
  "Mali",
  "Malta",
  "Marshall Islands",
  "Mauritania",
  "Mauritius",
  "Mexico",
  "Micronesia",
  "Moldova",
  "Monaco",
  "Mongolia",
  "Montenegro",
  "Morocco",
  "Mozambique",
  "Myanmar",
  "Namibia",
  "Nauru",
  "Nepal",
  "Netherlands",
  "New Guinea",
  "New Zealand",
  "Nicaragua",
  "Niger",
  "Nigeria",
  "North Korea",
  "North Macedonia",
  "Northern Ireland",
  "Norway",
  "Oman",
  "Pakistan",
  "Palau",
  "Palestine",
  "Panama",
  "Papua",
  "Paraguay",
  "Persia",
  "Peru",
  "Philippines",
  "Poland",
  "Portugal",
  "Prussia",
  "Puerto Rico",
  "Qatar",
  "Romania",
  "Russia",
  "Rwanda",
  "Samoa",
  "San Marino",
  "Saudi Arabia",
  "Scotland",
  "Senegal",
  "Serbia",
  "Seychelles",
  "Siberia",
  "Sierra Leone",
  "Singapore",
  "Slovakia",
  "Slovenia",
  "Solomon Islands",
  "Somalia",
  "South Africa",
  "South Korea",
  "South Sudan",
  "Soviet Union",
  "Spain",
  "Sri Lanka",
  "Sudan",
  "Suriname",
  "Swaziland",
  "Sweden",
  "Switzerland",
  "Syria",
  "Taiwan",
  "Tajikistan",
  "Tanzania",
  "Thailand",
  "Tibet",
  "Tobago",
  "Togo",
  "Tonga",
  "Trinidad",
  "Tunisia",
  "Turkmenistan",
  "Tuvalu",
  "UK",
  "USA",
  "U.K.",
  "U.S.",
  "U.S.A.",
  "Uganda",
  "Ukraine",
  "United Arab Emirates",
  "United Kingdom",
  "United Nations",
  "United States",
  "Uruguay",
  "Uzbekistan",
  "Vanuatu",
  "Vatican City",
  "Venezuela",
  "Vietnam",
  "Wales",
  "Yemen",
  "Yugoslavia",
  "Zaire",
  "Zambia",
  "Zimbabwe",
  /* languages and nationalities */
  "Afghan",
  "Afrikaans",
  "Albanian",
  "Algerian",
  "Amharic",
  "Angolan",
  "Arab",
  "Arabian",
  "Arabic",
  "Aramaic",
  "Argentine",
  "Argentinian",
  "Armenian",
  "Australian",
  "Austrian",
  "Azerbaijani",
  "Basque",
  "Belarusian",
  "Belgian",
  "Bengali",
  "Bolivian",
  "Bosnian",
  "Brazilian",
  "Breton",
  "Brit",
  "British",
  "Briton",
  "Bulgarian",
  "Burmese",
  "Cambodian",
  "Canadian",
  "Cantonese",
  "Catalan",
  "Celtic",
  "Chilean",
  "Chinese",
  "Colombian",
  "Congolese",
  "Cornish",
  "Corsican",
  "Costa Rican",
  "Croat",
  "Croatian",
  "Cuban",
  "Cypriot",
  "Czech",
  "Dane",
  "Danish",
  "Dominican",
  "Dutch",
  "Dutchman",
  "Ecuadorian",
  "Egyptian",
  "Englishman",
  "Englishmen",
  "Englishwoman",
  "English",
  "Eritrean",
  "Esperanto",
  "Estonian",
  "Ethiopian",
  "Farsi",
  "Fijian",
  "Filipino",
  "Finn",
  "Finnish",
  "Flemish",
  "French",
  "Frenchman",
  "Frenchmen",
  "Frenchwoman",
  "Frisian",
  "Gaelic",
  "Galician",
  "Georgia",
  "Georgian",
  "German",
  "Ghanaian",
  "Greek",
  "Guarani",
  "Guatemalan",
  "Gujarati",
  "Haitian",
  "Hausa",
  "Hawaiian",
  "Hebrew",
  "Hindi",
  "Hispanic",
  "Honduran",
  "Hungarian",
  "Icelandic",
  "Indian",
  "Indonesian",
  "Iranian",
  "Iraqi",
  "Irish",
  "Irishman",
  "Irishmen",
  "Israeli",
  "Italian",
  "Jamaican",
  "Japanese",
  "Javanese",
  "Jordanian",
  "Kazakh",
  "Kenyan",
  "Khmer",
  "Korean",
  "Kurd",
  "Kurdish",
  "Kuwaiti",
  "Laotian",
  "Latin",
  "Latino",
  "Latvian",
  "Lebanese",
  "Libyan",
  "Lithuanian",
  "Macedonian",
  "Malay",
  "Malaysian",
  "Maltese",
  "Mandarin",
  "Maori",
  "Mexican",
  "Moldovan",
  "Mongolian",
  "Moroccan",
  "Nepalese",
  "Nepali",
  "New Zealander",
  "Nicaraguan",
  "Nigerian",
  "Norse",
  "Norwegian",
  "Pakistani",
  "Palestinian",
  "Panamanian",
  "Paraguayan",
  "Pashto",
  "Persian",
  "Peruvian",
  "Portuguese",
  "Prussian",
  "Puerto Rican",
  "Punjabi",
  "Quechua",
  "Romanian",
  "Russian",
  "Rwandan",
  "Salvadoran",
  "Samoan",
  "Sanskrit",
  "Saudi",
  "Scot",
  "Scottish",
  "Senegalese",
  "Serb",
  "Serbian",
  "Sicilian",
  "Slav",
  "Slavic",
  "Slovak",
  "Slovenian",
  "Somali",
  "Soviet",
  "Spaniard",
  "Spanish",
  "Sudanese",
  "Swahili",
  "Swede",
  "Swedish",
  "Swiss",
  "Syrian",
  "Tagalog",
  "Taiwanese",
  "Tamil",
  "Tanzanian",
  "Telugu",
  "Thai",
  "Tibetan",
  "Tunisian",
  "Turk",
  "Turkish",
  "Ugandan",
  "Ukrainian",
  "Urdu",
  "Uruguayan",
  "Uzbek",
  "Venezuelan",
  "Vietnamese",
  "Welsh",
  "Welshman",
  "Xhosa",
  "Yiddish",
  "Yoruba",
  "Zulu",
};

/* Names that are also common words, and the neighbours that show which one it is. */
typedef struct {
  const char *name;
  gboolean is_month;  /* before an ordinal number, it is a name */
  const char *before; /* the words that a name follows */
  const char *never;  /* the words that follow the common word only */
  const char *after;  /* the words that follow a name only */
} Ambiguous;

#define MONTH_BEFORE " in on since until till of during before after from by mid "
/* Without "first" and "second", which are also an adverb and a verb. */
#define ORDINALS \
  " third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth " \
  "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth "

static const Ambiguous ambiguous[] = {
  { "May", TRUE, MONTH_BEFORE,
      " be have not also never still well become seem cause need require get go come ", "" },
  { "March", TRUE, MONTH_BEFORE, " to toward towards on past through ", "" },
  { "Polish", FALSE,
      " speak speaks speaking spoke spoken in into from learn learns learning learned learnt study "
      "studies studying understand understands is are was were am i'm he's she's they're we're ",
      " the my your his her our their it them ",
      " language people woman women man men girl boy government president border army soldier "
      "soldiers citizen citizens teacher family friend friends town city zloty " },
  { "Turkey", FALSE, " in to from visit visits visited visiting through across near ",
      " sandwich sandwiches soup breast meat burger burgers dinner dinners ", "" },
};

/* Returns: (transfer none): the names by their form in lower case */
static GHashTable *
truecaser_get_names (void)
{
  static gsize table;

  if (g_once_init_enter (&table)) {
    GHashTable *made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      g_hash_table_insert (made, g_ascii_strdown (names[i], -1), (gpointer) names[i]);
    g_once_init_leave (&table, GPOINTER_TO_SIZE (made));
  }
  return GSIZE_TO_POINTER (table);
}

static gboolean
truecaser_contains (const char *list, const char *word)
{
  g_autofree char *spaced = word != NULL ? g_strdup_printf (" %s ", word) : NULL;

  return spaced != NULL && strstr (list, spaced) != NULL;
}

/* "twenty first" is an ordinal number like "third". */
static gboolean
truecaser_begins_ordinal (const char *const *words)
{
  if (truecaser_contains (ORDINALS, words[0]))
    return TRUE;
  return truecaser_contains (" twenty thirty ", words[0]) &&
         (truecaser_contains (" first second ", words[1]) ||
             truecaser_contains (ORDINALS, words[1]));
}

/* Returns: (nullable): the name, if the word @base between @before and @next is certainly one */
static const char *
truecaser_decide (const char *base, const char *before, const char *const *next)
{
  for (guint i = 0; i < G_N_ELEMENTS (ambiguous); i++) {
    const Ambiguous *entry = &ambiguous[i];
    gboolean is_name;

    if (g_ascii_strcasecmp (entry->name, base) != 0)
      continue;
    is_name =
        truecaser_contains (entry->after, next[0]) ||
        (entry->is_month && truecaser_begins_ordinal (next)) ||
        (truecaser_contains (entry->before, before) && !truecaser_contains (entry->never, next[0]));
    return is_name ? entry->name : NULL;
  }
  return NULL;
}

/* Returns: length of @word without the end of "monday's", "i'll" or "germans" */
static gsize
truecaser_get_base (const char *word, gboolean plural)
{
  gsize length = strcspn (word, "'");

  return plural && word[length] == '\0' && length > 2 && word[length - 1] == 's' ? length - 1
                                                                                 : length;
}

/* Returns: (nullable): the name that the first @n words of @words are, but for an end */
static const char *
truecaser_find (const char *const *words, guint n, gboolean plural)
{
  g_autoptr (GString) base = g_string_new (NULL);

  for (guint i = 0; i < n; i++) {
    if (words[i] == NULL)
      return NULL;
    g_string_append_printf (base, "%s%s", i > 0 ? " " : "", words[i]);
  }
  g_string_truncate (
      base, base->len - strlen (words[n - 1]) + truecaser_get_base (words[n - 1], plural));
  return g_hash_table_lookup (truecaser_get_names (), base->str);
}

/* Appends @name and the end of the last word that it replaces. */
static void
truecaser_append (GString *result, const char *name, const char *last)
{
  const char *space = strrchr (name, ' ');
  gsize length = strlen (space != NULL ? space + 1 : name);

  g_string_append_printf (result, "%s%s", name, last + length);
}

/* Returns: number of words of @words that were appended */
static guint
truecaser_append_next (GString *result, const char *const *words, const char *before)
{
  g_autofree char *base = g_strndup (words[0], strcspn (words[0], "'"));
  const char *name = truecaser_decide (base, before, words + 1);

  if (name != NULL) {
    truecaser_append (result, name, words[0]);
    return 1;
  }
  for (guint n = MAX_WORDS; n > 0; n--)
    for (guint plural = 0; plural < 2; plural++) {
      name = truecaser_find (words, n, plural);
      if (name == NULL || (plural && g_str_equal (name, "I")))
        continue;
      truecaser_append (result, name, words[n - 1]);
      return n;
    }
  g_string_append (result, words[0]);
  return 1;
}

static gboolean
truecaser_has_capital (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_isupper (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

char *
habla_truecaser_apply (const char *text)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GString) result = NULL;

  if (truecaser_has_capital (text))
    return g_strdup (text);
  words = g_strsplit (text, " ", -1);
  result = g_string_sized_new (strlen (text));
  for (guint i = 0; words[i] != NULL;) {
    if (i > 0)
      g_string_append_c (result, ' ');
    i += truecaser_append_next (
        result, (const char *const *) words + i, i > 0 ? words[i - 1] : NULL);
  }
  return g_string_free (g_steal_pointer (&result), FALSE);
}
