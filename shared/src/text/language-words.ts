/**
 * Words that tell a language, accents folded: its commonest function words, and, since people ask IT in few words, the
 * verbs and nouns of such questions. A word that stands in several lists counts in each by its share.
 * Loan words that every language uses (wifi, laptop, mail, PC, VPN, login, Teams) are in none.
 */
export const languageWords = {
  en: `the a an and or but of to in on at for from with without by about into over after before since until than then
    is are was were be been being am isn't aren't wasn't weren't i i'm i've i'd i'll im ive me my mine you your you're we we're our us they
    them their he she his her it it's its this that these those there here who what when where which why how
    do does did don't dont doesn't doesnt didn't didnt done can can't cant cannot could couldn't will won't wont would should
    shouldn't may might must have has had haven't hasn't having not no nor any some all every each both more most other
    such only same so too very just still again also already always never anyone anybody everyone everybody someone nobody
    nothing something anything if because while please pls thanks thank hello hi dear regards cheers sorry hey
    get gets got getting keep keeps says said say need needs want wants try tried trying use using used work works working worked
    help make makes made see seeing open opens opening close turn turned off up down out back new old
    lost locked forgot forgotten broken stuck slow frozen freezes crashed crash missing unable failed fails failing
    stopped stops since yesterday today tomorrow morning show shows little boxes week month ago now once twice first last next
    printer printers screen keyboard mouse password passwords laptop's computer drive folder file files account
    access request issue problem problems error meeting room calendar mailbox shared phone charger battery
    headset wireless desk office floor building user users team staff colleague colleagues customer customers manager
    order ordered install installed installing update updated updates upgrade software hardware network connect connected
    connecting connection connects disconnects drops sign log reset change add remove set send sending sent receive received
    ticket status suspicious clicked link stolen leaving joining starter starts starting full space disk outage
    page website web server share printing print paper jam toner sound camera microphone mic black blue flickering
    weather joke lunch recipe tell write like know think does happening anymore whole site everything went gone red urgent urgently session client clients service services image suspect
    order request approve approved permission permissions right rights licence license expired expires ask asking`,
  fr: `le la les l un une des du de d au aux et ou ni mais donc or car que qu qui quoi dont ou quand comment pourquoi combien
    je j tu il elle on nous vous ils elles me m te t se s lui leur leurs y en ce c cet cette ces ca cela ceci
    mon ma mes ton ta tes son sa ses notre nos votre vos est suis es sommes etes sont etait etais etaient sera serait
    ai as a avons avez ont avait avais avoir etre fait faire faites fais peux peut pouvez peuvent pouvoir pourriez pourrait
    veux veut voudrais voulez dois doit devez faut fallait sais sait savoir va vais vont aller arrive arrivent n ne pas plus
    jamais rien aucun aucune personne tout tous toute toutes tres trop peu bien mal aussi encore deja toujours depuis pendant
    avant apres avec sans pour par sur sous dans chez entre vers contre selon jusqu si non oui merci bonjour bonsoir salut
    svp stp cordialement cdt bjr slt mrc pb pbs qqn qqch pourri salle desole
    jai jarrive narrive nest nai jme mest cest ya quil dun dune lordi lecran limprimante limprimante
    marche marchent fonctionne fonctionnent demarre affiche affichent trouve ouvre ouvrir ferme connecter connecte
    deconnecte imprimer imprime envoyer envoie recevoir recois installer mettre remettre changer changement perdu perdue vole
    volee oublie oublier bloque bloquee casse cassee plante plantent rame ramer lent lente lents impossible besoin demande
    demander acces probleme problemes panne souci erreur mot passe mdp compte ordinateur ordi poste ecran clavier souris
    imprimante imprimantes serveur reseau fichier fichiers dossier dossiers lecteur disque dur plein pleine messagerie boite
    courriel piece jointe reunion salle telephone casque cable batterie chargeur mise jour logiciel logiciels licence droit
    droits utilisateur utilisateurs collegue collegues service equipe nouveau nouvelle nouveaux arrivant arrivante aujourd hui
    hier demain matin soir semaine mois jour jours heure heures ce moment urgent urgence quelqu quelque quelques autre autres
    meme memes depart partage partagee partages session verrouille verrouillee site bureau etage batiment client clients
    page noir noire bleu image son micro haut parleur souhaite souhaiterais aimerais aide aider aidez voir toutes
    recu recus lien clique douteux suspect hameconnage cle securite sauvegarde corbeille supprime supprimer retrouver
    recuperer configurer ajouter creer partir quitte suite svp puis alors lorsque parce comme ainsi
    ecrans racontez blague temps meteo recette ko hs maj vide rouge vert jaune dit faudrait trois`,
  de: `der die das den dem des ein eine einen einem einer eines und oder aber nicht kein keine keinen ich du er sie es wir ihr
    mich mir mein meine meinen meinem meiner dein unser unsere ihr ihre ist sind war waren bin bist wird werden wurde hat habe
    haben hatte kann konnen konnte muss mussen soll will wollen mochte darf geht gehen funktioniert funktionieren lasst lassen
    auf aus bei mit nach von vor zu zum zur im in am an fur uber unter durch gegen ohne seit bis wenn weil dass ob als wie was
    wer wo wann warum welche sich auch noch nur schon mehr sehr immer nie wieder jetzt heute gestern morgen hier da dort
    bitte danke hallo guten tag gruss grusse passwort kennwort drucker bildschirm rechner tastatur maus netzwerk
    laufwerk datei dateien ordner konto gesperrt vergessen verbinden verbindung verbunden fehler fehlermeldung problem drucken
    druckt startet langsam abgesturzt zugriff postfach anmelden anmeldung installieren benotige brauche neuen neue alle seit
    kaputt keinen empfang ihres ihrer ihrem ihren probleme adresse adressen dienst dienste einrichten einstellen einstellung
    bearbeiten eingeben starten aktivieren andern wechseln tasten konten fenster anwendung anwendungen loschen hinzufugen
    verwenden anzeigen offnen speichern zeigt gibt unterstutzung anfrage losung sicherheit leistung stoerung storung
    netz rechnung daten abteilung mitarbeiter kollege kollegen update aktualisierung`,
  es: `el la los las un una unos unas de del al y o pero no que quien cual cuando donde como por porque para con sin sobre
    entre desde hasta yo tu el ella usted nosotros ustedes ellos me te se le lo les nos mi mis tu tus su sus este esta estos
    estas ese esa eso esto es son soy era fue ser estar estoy esta estan tengo tiene tienen tener he ha han hay puedo puede
    pueden poder quiero quiere necesito necesita hacer hace hago funciona funcionan va muy mas menos ya aun todavia siempre
    nunca nada algo todo todos toda todas tambien si hola gracias buenos dias buenas tardes favor saludos ayuda
    contrasena clave impresora pantalla ordenador computadora teclado raton red carpeta archivo archivos cuenta bloqueada
    bloqueado olvidado olvide conectar conexion conecta correo equipo portatil acceso usuario abrir abre imprimir imprime
    urgente urgentes problemas inesperado inesperada requerida necesaria seguridad solicitud consulta fallo fallos actualizacion soporte servicio cuentas datos sistema sistemas asistencia
    enviar recibir instalar lento lenta error problema desde ayer hoy deja permite unidad disco aparece`,
  pt: `o a os as um uma uns umas de do da dos das no na nos nas ao aos em por pelo pela para com sem sobre entre ate e ou mas
    nao que quem qual quando onde como porque eu tu voce ele ela nos voces eles elas me te se lhe meu minha meus minhas seu sua
    seus suas este esta isto isso esse essa e sao sou era foi ser estar estou esta estao tenho tem temos ter ha posso pode podem
    consigo consegue quero preciso precisa fazer faz funciona funcionam muito mais menos ja ainda sempre nunca nada tudo todos
    tambem sim ola obrigado obrigada bom dia boa tarde favor ajuda senha palavra passe impressora tela ecra
    computador teclado rato rede pasta arquivo ficheiro conta bloqueada bloqueado esqueci conectar ligacao conexao
    correio utilizador usuario abrir abre imprimir imprime enviar receber instalar lento lenta erro problema desde ontem hoje
    deixa aparece unidade disco acesso urgente urgentes problemas necessaria seguranca solicitacao pedido falha falhas atualizacao suporte servico contas dados
    sistema sistemas assistencia duvida melhoria`,
  it: `il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla in nel nella nei
    su sul sulla con per tra fra e o ma non che chi cui quale quando dove come perche io tu lui lei noi voi loro mi ti si ci vi
    mio mia miei mie tuo suo sua nostro vostro questo questa questi quello e sono sei siamo era essere stato ho hai ha abbiamo
    hanno avere posso puo possono potete voglio vorrei devo deve fare fa funziona funzionano va molto piu meno gia ancora sempre
    mai niente nulla tutto tutti tutte anche si ciao grazie buongiorno salve saluti favore aiuto parola ordine stampante
    schermo tastiera rete cartella account bloccato bloccata dimenticato dimenticata connettere
    connettermi connessione posta utente aprire apre stampare stampa inviare ricevere installare lento lenta errore problema da
    ieri oggi riesco disco computer portatile accesso accedere serve urgente urgenti problemi`,
  nl: `de het een en of maar niet geen ik jij je hij zij ze wij we jullie mij me mijn jouw zijn haar ons onze hun is zijn was
    waren ben bent wordt worden werd heeft heb hebben had kan kunnen kon moet moeten wil willen mag gaat gaan doet doen werkt
    werken lukt op uit bij met na van voor naar in aan om over onder door tegen zonder sinds tot als omdat dat dit deze die wat
    wie waar wanneer waarom hoe welke zich ook nog alleen al meer zeer altijd nooit weer nu vandaag gisteren morgen hier daar er
    alstublieft graag bedankt hallo goedemorgen groeten wachtwoord printer scherm beeldscherm toetsenbord muis netwerk map
    bestand bestanden vergeten geblokkeerd verbinden verbinding verbonden foutmelding fout probleem afdrukken
    traag toegang postvak inloggen aanmelden installeren nodig nieuwe iemand alles kapot sinds`,
} as const;

/**
 * Of these words the ones that nobody borrows: who writes "mon", "svp", "the" or "my" writes that language, whatever the nouns beside
 * them. They count twice.
 */
export const functionWords: Readonly<Record<keyof typeof languageWords, string>> = {
  en: "the my your our is are not with from have has does please pls and how what when why i'm can't doesn't won't",
  fr: "je mon ma mes votre vos nos notre svp stp pas ne est suis les des du une avec dans pour depuis mais bonjour merci jai cest ca mdp",
  de: "der die das mein meine ist nicht und mit ich bitte ein eine",
  es: "el mi los las puedo",
  pt: "meu minha nao uma",
  it: "mio mia della",
  nl: "het mijn niet een",
};

/** French words of the IT glossary that English has too: they tell neither. */
export const frenchAndEnglishWords =
  "recto verso distance distant main internet portable fort bande bloc mode programme impression tactile bulletin formation pirate agenda complement assistance suppression centre mere pave debit reception diffusion exploitation courant tableau garage";
