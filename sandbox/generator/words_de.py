"""German words and sentences of the generated business texts; the notation is that of words_en."""

TITLES = ("Schadenbericht", "Prüfprotokoll", "Werkstattbesuch", "Lieferprüfung")

WORDS = {
    "Organization": (
        ("Nordlicht Versicherung", "Insurer"),
        ("Alpenschutz", "Insurer"),
        ("Rheintal Maschinenbau", "Supplier"),
        ("Eichenhof Werkzeuge", "Supplier"),
        ("Elbe Spedition", "NONE"),
        ("Brückner Backwaren", "NONE"),
        ("Seeblick Hotels", "NONE"),
        ("Werkstatt Süd", "Workshop"),
        ("Talmühle Reparaturen", "Workshop"),
    ),
    "Product": (
        ("Aquaflow 300", "Appliance"),
        ("Thermolinie 12", "Appliance"),
        ("Frostwächter Duo", "Appliance"),
        ("Transporter S4", "Vehicle"),
        ("Lastmeister 7", "Vehicle"),
        ("Greifer X2", "Tool"),
        ("Plattensäge 55", "Tool"),
    ),
    "Part": (
        ("Pumpe", "NONE"),
        ("Fronttür", "NONE"),
        ("Steuerplatine", "NONE"),
        ("Hinterachse", "NONE"),
        ("Dichtung", "NONE"),
        ("Stromversorgung", "NONE"),
    ),
    "Damage": (
        ("Wasserschaden", "Water"),
        ("Kurzschluss", "Electrical"),
        ("Korrosion", "Wear"),
        ("Ölverlust", "Wear"),
        ("Überhitzung", "Electrical"),
        ("Rissbildung", "NONE"),
        ("Hagelschaden", "Water"),
    ),
    "Location": (
        ("Köln", "City"),
        ("Münster", "City"),
        ("Leipzig", "City"),
        ("Zürich", "City"),
        ("Graz", "City"),
        ("Thüringen", "Region"),
        ("Tirol", "Region"),
    ),
    "Contract": (("KS-20931", "NONE"), ("KS-11840", "NONE"), ("AS-77012", "NONE")),
}

MONTHS = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
DATE = "{day:02}.{month}.{year}"
AMOUNT = "{value} Euro"

# A splitter of sentences may stop inside this name, and the mention with its relation is lost.
ABBREVIATED = (
    "[x:Organization=Gebr. Talmann Werkzeuge] in [l:Location] nahm die Maschine zurück."
    "|x locatedIn l"
)

SENTENCES = (
    "[o:Organization] in [l:Location] meldete [d:Damage] bei [p:Product]."
    "|o locatedIn l;o reports d;p hasDamage d",
    "Die Prüfung am [t:Date] bestätigte [d:Damage], betroffen ist die [c:Part] von [p:Product]."
    "|d happenedOn t;c hasDamage d;c partOf p",
    "[i:Product=Es] wurde im Herbst von [f:Location/Origin] nach [g:Location/Destination] gebracht."
    "|i movedFrom f;i movedTo g",
    "Eine neue [c:Part] kostet [a:Amount], ein Ersatz für [p:Product] kostet [b:Amount]."
    "|c costs a;c partOf p;p costs b",
    "Die Police [k:Contract] deckt [p:Product] bis zum [t:Date].|p coveredBy k",
    "[p:Product], gebaut von [m:Organization/Supplier], gehört [o:Organization/Customer]."
    "|p madeBy m;p ownedBy o",
    "Die Firma [o:Organization] schickte ihr Angebot über [a:Amount] am [t:Date].",
    "Der Gutachter fand [d:Damage] und schätzt die Kosten auf [a:Amount].|d costs a",
    "[o:Organization] bittet um eine Entscheidung vor dem [t:Date].",
    "[i:Product=Es] wurde am [t:Date] in [l:Location] gewartet.|i locatedIn l",
    "Wegen [d:Damage] wurde die [c:Part] ausgebaut und an [o:Organization] gesandt.|c hasDamage d",
    "Der Kunde nimmt das Angebot an, möchte aber eine schriftliche Bestätigung.",
    "Weitere Beschwerden gingen in diesem Zeitraum nicht ein.",
    "Die Fotos der Baustelle liegen der Akte bei.",
    "Die Niederlassung von [o:Organization] in [l:Location] führt den Schriftwechsel."
    "|o locatedIn l",
    "Die Zahlung von [a:Amount] wurde unter der Police [k:Contract] freigegeben.",
    "Der Sachbearbeiter schrieb alles auf und las es den Anwesenden noch einmal vor.",
    "Vor dem nächsten Besuch soll die Halle gereinigt, getrocknet und fotografiert werden.",
    "Verletzt wurde niemand, und die Produktion lief nach einem halben Tag Pause weiter.",
    "Aus der Rechnung geht nicht hervor, welche Stunden nachts geleistet wurden.",
    "Wir haben die Akte noch einmal gelesen und sehen keinen Grund, anders zu entscheiden.",
    "Fragen zu diesem Bericht beantwortet das Büro an Werktagen von neun bis siebzehn Uhr.",
    "Das zweite Gutachten kommt zum selben Ergebnis, obwohl es von anderen Zahlen ausgeht.",
)
