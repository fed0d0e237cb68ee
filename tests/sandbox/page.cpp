// The chat page. Telegram's tags become DOM nodes one by one; message text is never parsed as a page.
#include "tests/sandbox/app.hpp"

namespace sandbox {

std::string_view chat_page() {
  return R"page(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Perpwatch sandbox</title>
<style>
:root{--bg:#dfe7ee;--pane:#fff;--ink:#111;--soft:#667;--link:#1a73c7;--line:#d5dde4;--code:#f0f3f6}
@media (prefers-color-scheme:dark){:root{--bg:#0f1720;--pane:#1c2733;--ink:#e9eef3;--soft:#8fa0b0;--link:#6ab3f3;--line:#2b3947;--code:#131c26}}
*{box-sizing:border-box}body{margin:0;height:100vh;height:100dvh;display:flex;flex-direction:column;background:var(--bg);color:var(--ink);font:15px/1.4 system-ui,sans-serif}
header{background:var(--pane);border-bottom:1px solid var(--line);padding:8px 12px}
header b{margin-right:8px}header button{font:inherit;border:0;border-radius:12px;padding:3px 10px;margin:2px;background:var(--bg);color:var(--ink);cursor:pointer}
header button.on{background:var(--link);color:#fff}#state{color:var(--soft);font-size:12px}
main{flex:1;overflow-y:auto;padding:10px max(10px,calc(50% - 205px))}.msg{background:var(--pane);border-radius:12px;padding:7px 11px;margin:8px 0;box-shadow:0 1px 1px #0002;overflow-wrap:anywhere}
.who{font-weight:600;font-size:13px;color:var(--link)}.text{white-space:pre-wrap}.meta{color:var(--soft);font-size:11px;text-align:right}
.reply{border-left:3px solid var(--link);padding-left:7px;color:var(--soft);font-size:13px}.gone{opacity:.45;text-decoration:line-through}
code,pre{font:13px/1.35 ui-monospace,monospace;background:var(--code);border-radius:5px}code{padding:0 3px}pre{padding:7px;margin:3px 0;overflow-x:auto;white-space:pre}
blockquote{margin:3px 0;border-left:3px solid var(--link);padding:1px 0 1px 8px}.spoiler{background:var(--soft);color:transparent;border-radius:4px}.spoiler:hover{color:var(--pane)}
img{display:block;width:100%;border-radius:8px;margin:5px 0}a{color:var(--link)}.keys{display:flex;flex-wrap:wrap;gap:4px;margin-top:5px}.keys span{background:var(--bg);border-radius:8px;padding:3px 9px;font-size:13px}
.b0{color:#d9534f}.b1{color:#1a9b5c}.b2{color:#8a63d2}.b3{color:#c77d1a}
</style></head><body>
<header><b>Perpwatch</b><span id="chats"></span><div id="state">connecting…</div></header><main id="log"></main>
<script>
"use strict";
const log=document.getElementById("log"),bar=document.getElementById("chats"),state=document.getElementById("state");
let after=0,current=null;const chats=new Map(),shown=new Map();
const tags={b:"b",strong:"b",i:"i",em:"i",u:"u",ins:"u",s:"s",strike:"s",del:"s",code:"code",pre:"pre",blockquote:"blockquote",a:"a","tg-spoiler":"span",span:"span","tg-emoji":"span","tg-time":"span"};
function plain(t){return t.replace(/&(lt|gt|amp|quot|#\d+|#x[0-9a-f]+);?/gi,(all,n)=>{const l=n.toLowerCase();
  if(l==="lt")return"<";if(l==="gt")return">";if(l==="amp")return"&";if(l==="quot")return'"';
  const c=l[1]==="x"?parseInt(l.slice(2),16):parseInt(l.slice(1),10);try{return String.fromCodePoint(c)}catch(e){return all}})}
function render(html,into){const stack=[into];
  for(const part of html.split(/(<[^>]*>)/)){
    const open=/^<([a-z-]+)([^>]*)>$/i.exec(part),top=stack[stack.length-1];
    if(/^<\//.test(part)){if(stack.length>1)stack.pop();continue}
    if(!open){if(part)top.appendChild(document.createTextNode(plain(part)));continue}
    const name=open[1].toLowerCase(),el=document.createElement(tags[name]||"span");
    if(name==="a"){const m=/href\s*=\s*["']([^"']*)["']/i.exec(open[2]);
      if(m&&/^https?:\/\//i.test(plain(m[1]))){el.href=plain(m[1]);el.rel="noreferrer noopener";el.target="_blank"}}
    if(name==="tg-spoiler"||(name==="span"&&/tg-spoiler/.test(open[2])))el.className="spoiler";
    top.appendChild(el);stack.push(el)}}
function node(tag,cls,text){const e=document.createElement(tag);if(cls)e.className=cls;if(text!==undefined)e.textContent=text;return e}
function bubble(m,first,edited){const e=node("div","msg");
  e.appendChild(node("div","who b"+m.bot%4,m.bot_name));
  if(m.reply_to)e.appendChild(node("div","reply","reply to #"+m.reply_to));
  if(m.photo_bytes){const i=node("img");i.src="/control/photo?n="+m.n;i.alt="picture";i.onload=()=>{if(atEnd)toEnd()};e.appendChild(i)}
  const t=node("div","text");m.html?render(m.html,t):t.textContent=m.text;e.appendChild(t);
  const rows=(m.markup&&m.markup.inline_keyboard)||[];
  for(const row of rows){const k=node("div","keys");for(const b of row)k.appendChild(node("span","",b.text));e.appendChild(k)}
  const when=new Date(first).toISOString().slice(11,19)+" UTC";
  e.appendChild(node("div","meta",(m.silent?"🔕 ":"")+(edited?"edited ":"")+when+" · #"+m.message_id));return e}
// The list scrolls, not the page: the newest is in sight, also in a picture of the page, until a reader scrolls up.
let atEnd=true;function toEnd(){atEnd=true;log.scrollTop=log.scrollHeight}
log.onscroll=()=>{atEnd=log.scrollTop+log.clientHeight>=log.scrollHeight-60};
let chosen=false;const unseen=new Map();
function label(id){const b=chats.get(id),n=unseen.get(id)||0;b.textContent=b.dataset.title+(n?" "+n:"")}
function pick(id){current=id;unseen.delete(id);label(id);for(const b of bar.children)b.classList.toggle("on",b.dataset.id===String(id));
  log.replaceChildren(...[...shown.values()].filter(s=>s.chat===id).map(s=>s.el));toEnd()}
function take(m){after=Math.max(after,m.n);
  if(!chats.has(m.chat)){const b=node("button"),signals=m.chat_kind==="channel";
  b.dataset.id=m.chat;b.dataset.title=m.chat_title;b.title=m.chat_kind;b.onclick=()=>{chosen=true;pick(m.chat)};
  signals?bar.prepend(b):bar.appendChild(b);chats.set(m.chat,b);label(m.chat);
  if(current===null||(signals&&!chosen))pick(m.chat)}  // a channel is what readers see: it goes first until somebody chooses
  const key=m.chat+"/"+m.message_id,old=shown.get(key);
  if(m.action==="delete"){if(old)old.el.classList.add("gone");return}
  if(m.action==="pin"){if(old)old.el.querySelector(".meta").append(" 📌");return}
  const first=old?old.first:m.time,el=bubble(Object.assign({},m,{silent:old?old.silent:m.silent}),first,m.action==="edit");
  if(old){old.el.replaceWith(el);old.el=el}else{shown.set(key,{el,chat:m.chat,first,silent:m.silent});
    if(m.chat===current)log.appendChild(el);else{unseen.set(m.chat,(unseen.get(m.chat)||0)+1);label(m.chat)}}
  if(atEnd)toEnd()}
async function loop(){for(;;){try{const r=await fetch("/control/messages?wait=15&after="+after);
  for(const m of await r.json())take(m);state.textContent="live · "+shown.size+" messages"}
  catch(e){state.textContent="the sandbox does not answer";await new Promise(r=>setTimeout(r,1500))}}}
loop();
</script></body></html>
)page";
}

}  // namespace sandbox
