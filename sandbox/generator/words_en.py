"""English words and sentences of the generated business texts: claims, products, places.

A word is (surface, subtype). In a sentence `[key:Type]` is a slot, `[key:Type/Role]` one with a
role of its own, `[key:Type=text]` a pronoun; behind the bar stand its relations, `source label
target`. The slot `p` is the document's own product.
"""

TITLES = ("Claim report", "Damage survey", "Service visit", "Delivery review")

WORDS = {
    "Organization": (
        ("Alderbrook Insurance", "Insurer"),
        ("Harbour Mutual", "Insurer"),
        ("Northgate Tools", "Supplier"),
        ("Redwater Machinery", "Supplier"),
        ("Fairfield Logistics", "NONE"),
        ("Millstone Foods", "NONE"),
        ("Kestrel Hotels", "NONE"),
        ("Oakridge Workshop", "Workshop"),
        ("Lowland Repairs", "Workshop"),
        ("Summit Outfitters", "NONE"),
    ),
    "Product": (
        ("Aquaflow 300", "Appliance"),
        ("Thermoline 12", "Appliance"),
        ("Frostguard Duo", "Appliance"),
        ("Carrier Van S4", "Vehicle"),
        ("Loadmaster 7", "Vehicle"),
        ("Gripper X2", "Tool"),
        ("Torque Pro 80", "Tool"),
        ("Panel Saw 55", "Tool"),
    ),
    "Part": (
        ("pump", "NONE"),
        ("front door", "NONE"),
        ("control board", "NONE"),
        ("drive belt", "NONE"),
        ("rear axle", "NONE"),
        ("filter housing", "NONE"),
        ("power supply", "NONE"),
        ("safety valve", "NONE"),
    ),
    "Damage": (
        ("water damage", "Water"),
        ("a short circuit", "Electrical"),
        ("corrosion", "Wear"),
        ("an oil leak", "Wear"),
        ("overheating", "Electrical"),
        ("a cracked weld", "NONE"),
        ("hail damage", "Water"),
        ("a broken seal", "Wear"),
    ),
    "Location": (
        ("Leeds", "City"),
        ("Bristol", "City"),
        ("Denver", "City"),
        ("Toronto", "City"),
        ("Galway", "City"),
        ("Cornwall", "Region"),
        ("Ontario", "Region"),
        ("New England", "Region"),
    ),
    "Contract": (("KS-20931", "NONE"), ("KS-11840", "NONE"), ("HM-77012", "NONE")),
}

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DATE = "{day} {month} {year}"
AMOUNT = "{value} dollars"

# A splitter of sentences may stop inside this name, and the mention with its relation is lost.
ABBREVIATED = (
    "[x:Organization=Alder Bros. Depot] in [l:Location] took the machine back.|x locatedIn l"
)

SENTENCES = (
    "[o:Organization] in [l:Location] reported [d:Damage] on [p:Product]."
    "|o locatedIn l;o reports d;p hasDamage d",
    "The inspection on [t:Date] confirmed [d:Damage] at the [c:Part] of [p:Product]."
    "|d happenedOn t;c hasDamage d;c partOf p",
    "[i:Product=It] was moved from [f:Location/Origin] to [g:Location/Destination] last autumn."
    "|i movedFrom f;i movedTo g",
    "Replacing the [c:Part] would cost [a:Amount], and a new [p:Product] costs [b:Amount]."
    "|c costs a;c partOf p;p costs b",
    "Policy [k:Contract] covers [p:Product] until [t:Date].|p coveredBy k",
    "[p:Product], built by [m:Organization/Supplier], belongs to [o:Organization/Customer]."
    "|p madeBy m;p ownedBy o",
    "The workshop [o:Organization] sent its estimate of [a:Amount] on [t:Date].",
    "Our engineer found [d:Damage] and expects that the repair costs [a:Amount].|d costs a",
    "[o:Organization] asked for a decision before [t:Date].",
    "[i:Product=It] had been serviced in [l:Location] on [t:Date].|i locatedIn l",
    "After [d:Damage] the [c:Part] was taken out and sent to [o:Organization].|c hasDamage d",
    "The customer accepts the offer, but asks for a written confirmation.",
    "No further complaints were received during this period.",
    "Photographs of the site are attached to the file.",
    "The branch of [o:Organization] in [l:Location] handles the correspondence.|o locatedIn l",
    "Payment of [a:Amount] was released under policy [k:Contract].",
    "The adjuster wrote down what was said and read it back to everybody who was there.",
    "Before the next visit the site should be cleaned, dried and photographed from all sides.",
    "Nobody was hurt, and the production could go on with a small delay of half a day.",
    "The invoice does not say which hours were worked at night, so it was sent back once more.",
    "We have read the file again and see no reason to change what was decided in the spring.",
    "Questions about this report are answered by the office from nine to five on working days.",
    "The second opinion comes to the same result, although it starts from other figures.",
)
