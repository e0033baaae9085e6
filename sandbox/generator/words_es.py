"""Spanish words and sentences of the generated business texts; the notation is that of words_en."""

TITLES = ("Informe de siniestro", "Acta de inspección", "Visita técnica", "Control de entrega")

WORDS = {
    "Organization": (
        ("Seguros Litoral", "Insurer"),
        ("Mutua del Valle", "Insurer"),
        ("Maquinaria Peñalta", "Supplier"),
        ("Herramientas Robledal", "Supplier"),
        ("Transportes Duero", "NONE"),
        ("Panificadora Central", "NONE"),
        ("Hoteles Mirador", "NONE"),
        ("Taller Ibérico", "Workshop"),
        ("Reparaciones Norte", "Workshop"),
    ),
    "Product": (
        ("Aquaflow 300", "Appliance"),
        ("Termolínea 12", "Appliance"),
        ("Frigonieve Dúo", "Appliance"),
        ("Furgón S4", "Vehicle"),
        ("Cargador 7", "Vehicle"),
        ("Pinza X2", "Tool"),
        ("Sierra 55", "Tool"),
    ),
    "Part": (
        ("bomba", "NONE"),
        ("puerta delantera", "NONE"),
        ("placa de control", "NONE"),
        ("correa", "NONE"),
        ("junta", "NONE"),
        ("válvula de seguridad", "NONE"),
    ),
    "Damage": (
        ("daños por agua", "Water"),
        ("un cortocircuito", "Electrical"),
        ("corrosión", "Wear"),
        ("una fuga de aceite", "Wear"),
        ("sobrecalentamiento", "Electrical"),
        ("una grieta", "NONE"),
        ("daños por granizo", "Water"),
    ),
    "Location": (
        ("Málaga", "City"),
        ("León", "City"),
        ("Bogotá", "City"),
        ("Rosario", "City"),
        ("Logroño", "City"),
        ("Aragón", "Region"),
        ("Castilla", "Region"),
    ),
    "Contract": (("KS-20931", "NONE"), ("KS-11840", "NONE"), ("ML-77012", "NONE")),
}

MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
DATE = "{day} de {month} de {year}"
AMOUNT = "{value} euros"

# A splitter of sentences may stop inside this name, and the mention with its relation is lost.
ABBREVIATED = (
    "[x:Organization=Robledo Hnos. Duero] en [l:Location] recogió la máquina.|x locatedIn l"
)

SENTENCES = (
    "[o:Organization] en [l:Location] comunicó [d:Damage] en [p:Product]."
    "|o locatedIn l;o reports d;p hasDamage d",
    "La inspección del [t:Date] confirmó [d:Damage] en la [c:Part] de [p:Product]."
    "|d happenedOn t;c hasDamage d;c partOf p",
    "[i:Product=Este] se trasladó de [f:Location/Origin] a [g:Location/Destination] en otoño."
    "|i movedFrom f;i movedTo g",
    "Cambiar la [c:Part] costaría [a:Amount], y otro [p:Product] cuesta [b:Amount]."
    "|c costs a;c partOf p;p costs b",
    "La póliza [k:Contract] cubre [p:Product] hasta el [t:Date].|p coveredBy k",
    "[p:Product], fabricado por [m:Organization/Supplier], pertenece a [o:Organization/Customer]."
    "|p madeBy m;p ownedBy o",
    "La empresa [o:Organization] envió su presupuesto de [a:Amount] el [t:Date].",
    "El perito encontró [d:Damage] y calcula un coste de [a:Amount].|d costs a",
    "[o:Organization] pide una decisión antes del [t:Date].",
    "[i:Product=Este] fue revisado en [l:Location] el [t:Date].|i locatedIn l",
    "Tras detectar [d:Damage] se desmontó la [c:Part] y se envió a [o:Organization].|c hasDamage d",
    "El cliente acepta la oferta, pero pide una confirmación por escrito.",
    "No se recibieron más quejas en este periodo.",
    "Las fotografías del lugar se adjuntan al expediente.",
    "La sucursal de [o:Organization] en [l:Location] lleva la correspondencia.|o locatedIn l",
    "El pago de [a:Amount] se autorizó con la póliza [k:Contract].",
    "El tramitador anotó todo lo que se dijo y lo leyó de nuevo ante los presentes.",
    "Antes de la próxima visita hay que limpiar, secar y fotografiar toda la nave.",
    "Nadie resultó herido, y la producción siguió tras una pausa de medio día.",
    "La factura no dice qué horas se trabajaron de noche, por eso se devolvió otra vez.",
    "Hemos leído el expediente otra vez y no vemos motivo para cambiar lo decidido.",
    "La oficina responde a las preguntas sobre este informe en días laborables de nueve a cinco.",
    "El segundo dictamen llega al mismo resultado, aunque parte de otras cifras.",
)
