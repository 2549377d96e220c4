import type { GlossaryLanguage } from "@support-it-agent/shared/text/it-glossary";

/**
 * Words with which people ask, and which name nothing: "je ne peux plus", "since this morning", "how do I get". A knowledge base is
 * written without them, so that there they are rare, and rarity would take them for the gist of the question. PostgreSQL's
 * stop words hold articles, pronouns and auxiliaries alone. Folded as foldText does. Only words that name no thing of IT
 * belong here: not "connect", "print" or "send", and not "work", which stands in "work account".
 */
export const askingWords: Readonly<Record<GlossaryLanguage, ReadonlySet<string>>> = {
  en: new Set(
    `able again already also always anybody anyhow anyone anything anyway asap away cannot cant could dear does doesnt
    doing done dont either else even ever everytime fact fine folks get gets getting give given gives go goes going gone got guess
    guys happen happened happening happens hello help helpful hey hi hope hours idea im instead isnt ive keep keeps know let lets like
    look looks lot many may maybe mean means might minute minutes moment morning much must need needed needs nothing
    now often ok okay one ones pls please possible probably problem quite rather really regards said says seem seems shall should since
    somebody somehow someone something sometimes somewhere soon still stuff suddenly supposed sure take tell thank thanks thing
    things think though today told tonight tried try trying twice unable us use used using usual usually want wanted wants way weird well went
    whatever whenever whether without wont worked working works would wouldnt yesterday yet`.split(/\s+/),
  ),
  fr: new Set(
    `afin aider aide ailleurs ainsi alors apparemment arrive arrivent arriver assez aucun aucune aujourd aussi autant autre avais avait
    avant avez avoir beaucoup besoin bien bon bonjour bonsoir cela certain certains cet cette chaque chez chose choses comme comment
    concernant cordialement coucou deja demande demander depuis dernier derniere des desole devoir dire dis dit doit doivent donc donne donner dois dont
    encore enfin ensuite envie essaie essaye essayer etait etc etre eu explique expliquer facon faire fais fait fasse faudrait faut
    font hier heure heures ici impossible instant jamais jour journee juste laisse lorsque maintenant 
    matin meme merci met mettre midi mieux minute minutes moment moyen non normal normalement ouais parce parfois
    pendant permet peu peut peuvent peux plait plus plusieurs plutot possible pourquoi pourrais pourrait pourriez pouvez pouvoir prendre pris probleme
    puis puisque quand quel quelle quelles quelqu quelque quelques quels quoi quon rien sais sait salut sans sauf savoir semble serait
    simplement sinon soir souci sous souvent suis sur svp stp tel tellement tente tjs toujours tout toute toutes tous tres trop trouve trouver
    truc utiliser utilise va vais vers veut veux vient viens voici voila voir vois vont voudrais voudrait vouloir vraiment`.split(
      /\s+/,
    ),
  ),
};
