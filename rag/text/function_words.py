"""Function words: articles, prepositions, conjunctions, pronouns, auxiliaries, question words.

They tell languages apart cheaply and carry nothing that a report could be searched for. Words with
a meaning of their own ("amount", "system") stay out, however frequent.
"""

from __future__ import annotations

_LISTS = {
    "en": """a an the of in on at by for from to with without into onto upon about above below under
        over between among through during before after since until against within and or but nor so
        if then than as that which who whom whose what when where why how is are was were be been
        being am do does did done doing has have had having can could may might must shall should
        will would it its this these those there here he she they them their his her him we us our
        you your i me my not no any some such each every both either neither other another also
        only just very more most much many few less least same own up down out off again once too
        because while although though whether per via""",
    "de": """der die das den dem des ein eine einen einem einer eines und oder aber sondern denn
        weil wenn als wie was wer wen wem wessen wo wann warum welche welcher welches welchen
        welchem ist sind war waren sein wird werden wurde wurden worden hat haben hatte hatten kann
        können muss müssen soll sollen darf dürfen nicht kein keine keinen keiner in im an am auf
        aus bei beim mit nach von vom zu zum zur über unter vor hinter zwischen durch für gegen ohne
        um bis seit während wegen es er sie wir ihr ihre ihren ihrem ihrer sich dass ob auch nur
        noch schon so dieser diese dieses diesen diesem""",
    "fr": """le la les l un une des du de d au aux à en dans sur sous par pour avec sans entre vers
        chez et ou mais donc or ni car que qui quoi dont où quand comment pourquoi quel quelle quels
        quelles est sont était étaient être été a ont avait avaient avoir sera seront ce cet cette
        ces il elle ils elles on nous vous je tu se s ne n pas plus son sa ses leur leurs y aussi
        même si comme lors depuis pendant selon""",
    "es": """el la los las lo un una unos unas de del al a en con sin por para entre sobre bajo
        desde hasta hacia y e o u pero sino que quien quienes cual cuales cuyo cuando donde como
        cómo qué cuál cuándo dónde cuánto cuántos por porque es son era eran ser fue fueron ha han
        había haber está están estaba se su sus le les no ni más muy también este esta estos estas
        ese esa esos esas si según durante""",
    "it": """il lo la i gli le l un uno una di del dello della dei degli delle a al allo alla ai
        agli alle da dal dallo dalla dai in nel nello nella nei nelle con su sul sulla per tra fra e
        ed o ma che chi cui quale quali quando dove come perché quanto quanti è sono era erano
        essere stato stata ha hanno aveva avere si ne ci non più anche se questo questa questi
        queste suo sua suoi loro""",
    "pt": """o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela para com sem
        sobre entre até desde e ou mas que quem qual quais quando onde como porque quanto quantos é
        são era eram ser foi foram tem têm tinha ter está estão se seu sua seus suas lhe não mais
        também este esta estes estas esse essa isso ao aos à às""",
    "nl": """de het een en of maar want dat die wie wat waar wanneer waarom hoe welke is zijn was
        waren worden wordt werd heeft hebben had kan kunnen moet moeten zal zullen niet geen in op
        aan bij met naar van voor uit over onder tussen door tegen zonder om tot sinds als dan ook
        nog er het hij zij ze wij we hun hen haar dit deze""",
    "ro": """un o unei unui al a ai ale de la în din pe cu fără pentru prin între despre sub peste
        către și sau dar ci că care cine ce când unde cum cât câți câte este sunt era erau fi fost
        are au avea va vor se nu mai și acest această acestei acestui acești aceste lui ei lor sa
        său dacă după până""",
    "tr": """bir ve veya ya da de ile için gibi kadar göre sonra önce ama fakat ancak çünkü ki bu şu
        o bunlar onlar ne kim hangi nerede nasıl neden niçin kaç mi mı mu mü değil olan olarak oldu
        olduğu idi ise en daha çok her""",
    "vi": """và hoặc nhưng của là có không được bị cho với trong ngoài trên dưới từ đến tại về theo
        khi nào ai gì nào đâu sao thế bao nhiêu những các một này đó kia thì mà để do vì nên đã đang
        sẽ rất cũng""",
    "ar": """في من إلى الى على عن مع بين عند منذ حتى خلال بعد قبل تحت فوق دون ضد حول و أو او ثم لكن بل
        أن ان إن أنّ إذا اذا لو كما ما ماذا من متى أين اين كيف لماذا كم أي اي أية هل هو هي هم هن هما هذا
        هذه ذلك تلك هؤلاء التي الذي الذين اللذين كان كانت يكون تكون قد لقد لم لن لا ليس ليست كل بعض غير
        به بها له لها لهم فيه فيها منه منها عليه عليها إليه وقد وفي ومن وهو وهي وكان عام""",
    "ru": """и в во на с со к ко по за из от до у о об при для без под над между через не ни но а
        или что чтобы как кто где когда почему какой какая какие какое который которая которые это
        этот эта эти тот та те был была были было быть есть он она они оно его её их мы вы я же ли
        бы если также""",
    "el": """ο η το οι τα του της των τον την τους τις ένας μια ένα και ή αλλά ότι που πως ποιος ποια
        ποιο ποιοι τι πότε πού γιατί πώς είναι ήταν έχει έχουν είχε να θα δεν μη σε στο στη στην στον
        στα στις από με για προς κατά μετά πριν χωρίς αυτό αυτή αυτός""",
    "hi": """का के की को से में पर ने और या लेकिन कि जो क्या कौन कब कहाँ क्यों कैसे कितने कितना है हैं था
        थे थी हो होना गया गई नहीं यह वह ये वे इस उस इन उन एक भी ही तक लिए साथ द्वारा""",
}

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _LISTS.items()
}

FUNCTION_CHARACTERS = (
    "的了是在和與及也就都而被把將對於有為哪誰什麼嗎呢幾何之其這那此該以由從到個們請問並或但且所者因則著過會"
    "可能要不沒很更最又再還只已"
)
"""The same for Chinese, where a word may be one character."""
